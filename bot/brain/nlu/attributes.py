"""Names of what our components write on a message."""

LANGUAGE = "language"
TEMPLATE = "template"
READING = "reading"
RANKING = "label_ranking"
DESCRIBED = "described_terms"
