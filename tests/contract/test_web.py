"""What the web door and the brain's server refuse."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.brain.interface import BrainError, Message
from bot.brain.remote import RemoteBrain, brain_of
from bot.brain.server import brain_app
from bot.brain.wire import WireError, unpack_message
from bot.replies.knowledge import Knowledge
from bot.replies.model import Part, Reply
from bot.web.app import web_app
from bot.web.chat import COOKIE
from bot.web.guard import LONGEST_BODY, LOOPBACK

TOKEN = "a token"  # noqa: S105 - of this test alone


class Echo:
    """A brain that answers with the person's pseudonym."""

    async def reply(self, message: Message) -> list[Reply]:
        if message.text == "fail":
            raise BrainError("on purpose")
        return [Reply("fr", "echo", (Part(message.person),))]

    async def forget(self, person: str) -> None:
        return None

    async def recall(self, person: str) -> list[str]:
        return [person]

    async def close(self) -> None:
        return None


@pytest.fixture
def web(knowledge: Knowledge) -> Iterator[TestClient]:
    wordings = {name: compose.say for name, compose in knowledge.composers.items()}
    with TestClient(web_app(Echo(), wordings, b"key", LOOPBACK)) as client:
        yield client


@pytest.fixture
def served() -> Iterator[TestClient]:
    with TestClient(brain_app(Echo(), TOKEN)) as client:
        yield client


def test_every_page_is_guarded(web: TestClient) -> None:
    headers = web.get("/chat").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_visitor_is_the_same_person_and_the_cookie_cannot_be_forged(web: TestClient) -> None:
    first = web.post("/chat/turn", data={"text": "a"}).text
    assert web.post("/chat/turn", data={"text": "a"}).text == first
    web.cookies.clear()
    web.cookies.set(COOKIE, "forged.value")
    assert web.post("/chat/turn", data={"text": "a"}).text != first


def test_the_cookie_stays_out_of_scripts_and_other_sites(web: TestClient) -> None:
    cookie = web.get("/chat").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example"}, 400),
        ({"origin": "http://testserver"}, 200),
    ],
)
def test_other_sites_cannot_write(web: TestClient, headers: dict[str, str], status: int) -> None:
    assert web.post("/chat/turn", data={"text": "a"}, headers=headers).status_code == status


def test_large_bodies_are_refused(web: TestClient) -> None:
    assert web.post("/chat/turn", data={"text": "a" * LONGEST_BODY}).status_code == 413


def test_files_are_refused(web: TestClient) -> None:
    answer = web.post("/chat/turn", files={"text": ("a.txt", b"a")})
    assert answer.status_code == 400


def test_the_brain_wants_its_token(served: TestClient) -> None:
    body = {"person": "ann", "text": "rt"}
    assert served.post("/reply", json=body).status_code == 401
    wrong = {"Authorization": "Bearer another"}
    assert served.post("/reply", json=body, headers=wrong).status_code == 401
    right = {"Authorization": f"Bearer {TOKEN}"}
    assert served.post("/reply", json=body, headers=right).status_code == 200
    assert served.post("/forget", json=body).status_code == 401
    assert served.post("/recall", json=body).status_code == 401
    assert served.post("/recall", json=body, headers=right).json() == {"words": ["ann"]}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"person": 1}', b'{"person": ""}', b"[" * 50_000, b"x" * 70_000]
)
def test_the_brain_refuses_garbage(served: TestClient, body: bytes) -> None:
    answer = served.post("/reply", content=body, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 400


def test_a_failing_brain_says_503(served: TestClient) -> None:
    answer = served.post(
        "/reply",
        json={"person": "ann", "text": "fail"},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert answer.status_code == 503


def test_messages_over_the_wire_are_checked() -> None:
    assert unpack_message({"person": "ann", "text": "rt"}) == Message("ann", "rt")
    with pytest.raises(WireError):
        unpack_message({"person": "ann", "text": ["rt"]})


async def test_a_brain_that_is_not_there_is_a_brain_error() -> None:
    brain = RemoteBrain(["http://127.0.0.1:9"], TOKEN)
    with pytest.raises(BrainError, match="did not answer"):
        await brain.reply(Message("ann", "rt"))
    await brain.close()


def test_each_person_keeps_a_brain_and_few_move_when_one_is_lost() -> None:
    urls = [f"http://brain-{i}" for i in range(4)]
    before = {person: brain_of(person, urls) for person in map(str, range(400))}
    assert all(list(before.values()).count(url) > 60 for url in urls)
    after = {person: brain_of(person, urls[:3]) for person in before}
    moved = [person for person in before if before[person] != after[person]]
    assert all(before[person] == urls[3] for person in moved)


@pytest.mark.parametrize(
    ("language", "sign"), [("fr", "Ce que Cuicui garde"), ("en", "What Cuicui keeps")]
)
def test_the_privacy_page_says_what_is_kept_and_sets_no_cookie(
    web: TestClient, language: str, sign: str
) -> None:
    page = web.get(f"/privacy?language={language}")
    assert page.status_code == 200
    assert sign in page.text
    assert "180" in page.text
    assert "{" not in page.text
    assert COOKIE not in page.cookies
