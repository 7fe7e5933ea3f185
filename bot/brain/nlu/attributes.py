"""Names of what our components write on a message."""

LANGUAGE = "language"
TEMPLATE = "template"
READING = "reading"
RANKING = "ranked_candidates"
FACETS = "facet_shares"
# Of training lines only
TERM = "asked_term"
RIGHT = "right_answers"
