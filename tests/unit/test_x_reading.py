"""Legacy messages in all their forms, however odd."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doors.x.dm_events import ids_in, moment, moment_of, read_page, read_pushed
from bot.doors.x.problems import (
    CreditGone,
    Failing,
    Invalid,
    Misconfigured,
    Missing,
    PersonClosed,
    Problem,
    Raw,
    Restricted,
    TooMany,
    Unauthorized,
    problem_of,
)

ONE = {
    "id": "1582838499983564806", "event_type": "MessageCreate", "text": "Hi everyone.",
    "sender_id": "944480690", "dm_conversation_id": "944480690-2244994945",
    "created_at": "2022-10-19T20:58:00.000Z",
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def read(**changes: Any) -> Any:
    (found,) = read_page({"data": [{**ONE, **changes}]})
    return found


def test_the_documented_event_is_read() -> None:
    found = read()
    assert (found.id, found.sender, found.text) == (ONE["id"], "944480690", "Hi everyone.")
    assert (found.at, found.group, found.media) == (1_666_213_080.0, False, False)


def test_an_empty_inbox_has_no_data() -> None:
    assert read_page({"meta": {"result_count": 0}}) == []
    assert ids_in({"meta": {"result_count": 0}}) == []


def test_a_group_is_known_by_its_single_number() -> None:
    assert read(dm_conversation_id="1578398451921985538").group


@pytest.mark.parametrize("key", ["referenced_posts", "referenced_tweets", "attachments"])
def test_what_is_attached_is_noticed_in_both_schemas(key: str) -> None:
    attached: Any = {"media_keys": ["3_1"]} if key == "attachments" else [{"id": "1"}]
    assert read(**{key: attached}).media


@pytest.mark.parametrize(
    "changes",
    [{"id": 1582838499983564806}, {"id": "1.5e18"}, {"id": ""}, {"id": "9" * 20}, {"id": "१२"},
     {"sender_id": None}, {"sender_id": 944480690}, {"event_type": "ParticipantsJoin"}],
)  # fmt: skip
def test_what_is_no_message_of_a_known_sender_is_left_out(changes: dict[str, Any]) -> None:
    assert read_page({"data": [{**ONE, **changes}]}) == []


def test_an_event_type_that_is_not_told_is_a_message() -> None:
    event = {name: value for name, value in ONE.items() if name != "event_type"}
    assert len(read_page({"data": [event]})) == 1


def test_links_and_signs_are_as_they_were_written() -> None:
    urls = [{"url": "https://t.co/x", "expanded_url": "https://a.example/?b=1&amp;c"}]
    found = read(text="see https://t.co/x &lt;3 &amp;amp; R&amp;D", entities={"urls": urls})
    assert found.text == "see https://a.example/?b=1&c <3 &amp; R&D"


def test_a_moment_that_is_not_told_is_in_the_id() -> None:
    assert read(created_at=None).at == pytest.approx(moment("2022-10-19T20:58:00Z"), abs=60)
    assert moment_of(ONE["id"]) == read(created_at="nonsense").at


def test_a_pushed_event_is_read_like_a_polled_one() -> None:
    payload = {
        "direct_message_events": [
            {
                "type": "message_create", "id": "2080765901528535096",
                "created_timestamp": "1784928224372",
                "message_create": {
                    "target": {"recipient_id": "1"}, "sender_id": "2222222222222222222",
                    "message_data": {"text": "hello!", "entities": {"urls": []}},
                },
            }
        ],
        "users": {
            "2222222222222222222": {"data": {"affiliation": {"description": "Automated"}}},
            "1": {"data": {}},
        },
    }  # fmt: skip
    (found,) = read_pushed(payload)
    assert (found.text, found.at, found.automated) == ("hello!", 1_784_928_224.372, True)


@given(JSON)
def test_nothing_that_is_json_breaks_the_readers(anything: Any) -> None:
    for odd in (anything, {"data": anything}, {"data": [anything]}, {"includes": anything}):
        page = odd if isinstance(odd, dict) else {"data": odd}
        read_page(page)
        ids_in(page)
        read_pushed({"direct_message_events": [anything], "users": anything})
        read_page({"data": [{**ONE, "entities": anything, "attachments": anything}]})


@given(st.integers(300, 599), st.binary(max_size=40))
def test_every_refusal_means_something(status: int, body: bytes) -> None:
    assert isinstance(problem_of(Raw(status, {}, body)), Problem)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"errors":[{"parameters":{"a":["b"]}}]}', Invalid),
        (401, b"", Unauthorized),
        (402, b"{}", CreditGone),
        (403, b'{"type":"https://api.twitter.com/2/problems/client-forbidden"}', Misconfigured),
        (403, b'{"type":"https://api.x.com/2/problems/oauth1-permissions"}', Misconfigured),
        (403, b'{"detail":"You do not have permission to DM one or more participants."}',
         PersonClosed),
        (403, b'{"detail":"This operation is not permitted."}', Restricted),
        (403, b"<html>", Restricted),
        (404, b"", Missing),
        (429, b'{"errors":[{"code":88}]}', TooMany),
        (503, b"<html>", Failing),
        (302, b"", Misconfigured),
    ],
)  # fmt: skip
def test_refusals_are_told_apart(status: int, body: bytes, kind: type[Problem]) -> None:
    assert type(problem_of(Raw(status, {}, body))) is kind


def test_a_refused_parameter_is_named() -> None:
    body = b'{"errors":[{"parameters":{"dm_event.fields":["sender_id"]}},{"parameters":3},4]}'
    problem = problem_of(Raw(400, {}, body))
    assert isinstance(problem, Invalid)
    assert problem.parameters == {"dm_event.fields"}
