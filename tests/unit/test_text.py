from bot.knowledge.text import fold, form_key, tokens


def test_folding_makes_spellings_equal() -> None:
    assert fold("Mot-Dièse") == fold("MOT-DIESE") == "mot-diese"
    assert fold("CŒUR") == "coeur"
    assert fold("j’aime") == "j'aime"


def test_a_tweet_is_cut_into_words_tags_names_links_and_smileys() -> None:
    found = tokens("RT @lea_b: j’adore #FF ;-)) https://x.com/a A+ h/t 140 👍🏽")
    assert [token.folded for token in found][:4] == ["rt", "@lea_b", ":", "j'"]
    kinds = {token.folded: token.kind for token in found}
    assert kinds["#ff"] == "tag"
    assert kinds["@lea_b"] == "name"
    assert kinds[";-))"] == "smiley"
    assert kinds["https://x.com/a"] == "url"
    assert {"a+", "h/t", "140"} <= set(kinds)


def test_tokens_stand_where_they_say() -> None:
    text = "C'est « quoi » un live-tweet ?"
    assert all(text[token.start : token.end] == token.text for token in tokens(text))


def test_hyphens_do_not_matter_in_a_form() -> None:
    assert form_key("live-tweet") == form_key("Live Tweet") == ("live", "tweet")
