"""Public keys of XChat: registered by each user, read by everybody.

Documented: bodies, fields, "only a few per 24h" (docs.x.com/xchat/getting-started, the official
OpenAPI file). Inferred: a key whose binding does not verify is refused; the same key a second time
changes nothing, so that registration can be resumed; without `public_key.fields` only the version
and the identity key are told; nobody's keys are no `data`.
"""

from typing import TYPE_CHECKING

from chat_xdk import Chat

from tests.fakes.x.asking import Ask, object_of
from tests.fakes.x.ids import NUMBER
from tests.fakes.x.problems import Json, blank, invalid, wrong_parameter
from tests.fakes.x.registry import Answer, route

if TYPE_CHECKING:
    from tests.fakes.x.world import World

FIELDS = [
    *("identity_public_key_signature", "juicebox_config", "public_key", "public_key_version"),
    "signing_public_key",
]
_DEFAULT = ["public_key_version", "public_key"]
_BODY = {"public_key": "object", "version": "string", "generate_version": "boolean"}
_KEY = dict.fromkeys(
    (
        *("identity_public_key_signature", "public_key", "public_key_fingerprint"),
        *("registration_method", "signing_public_key", "signing_public_key_signature"),
    ),
    "string",
)
_NEEDED = "public_key signing_public_key identity_public_key_signature"


class Keys:
    """Each user's registered keys, oldest first."""

    def __init__(self) -> None:
        self._of: dict[str, list[Json]] = {}

    def add(self, user: str, version: str, key: Json) -> str:
        """The version under which the key is known."""
        if not _bound(*(key[name] for name in _NEEDED.split())):
            raise invalid("$.public_key: the identity key is not bound to the signing key")
        known = [one for one in self.of(user) if one["public_key"] == key["public_key"]]
        if known:
            return str(known[0]["public_key_version"])
        record = {"public_key_version": version} | {name: key[name] for name in _NEEDED.split()}
        self._of.setdefault(user, []).append(record)
        return version

    def of(self, user: str) -> list[Json]:
        return list(self._of.get(user, []))

    def newest(self, user: str) -> Json:
        return max(self.of(user), key=lambda one: int(one["public_key_version"]))

    def knows(self, user: str, version: str) -> bool:
        return any(one["public_key_version"] == version for one in self.of(user))

    def roster(self, users: set[str]) -> list[dict[str, str]]:
        """What chatxdk calls signing keys: every version of everybody."""
        return [
            {
                "user_id": user,
                "public_key_version": one["public_key_version"],
                "public_key": one["signing_public_key"],
                "identity_public_key": one["public_key"],
                "identity_public_key_signature": one["identity_public_key_signature"],
            }
            for user in users
            for one in self.of(user)
        ]

    def wrapping(self, users: set[str]) -> list[dict[str, str]]:
        """What a conversation key is wrapped for: everybody's newest key."""
        newest = {user: self.newest(user) for user in sorted(users, key=int)}
        return [
            {
                "user_id": user,
                "public_key": one["public_key"],
                "key_version": one["public_key_version"],
            }
            for user, one in newest.items()
        ]


def _bound(identity: str, signing: str, signature: str) -> bool:
    try:
        return bool(Chat().verify_key_binding(identity, signing, signature))
    except ValueError:
        return False


@route("public_keys_add", "POST", "/2/users/{id}/public_keys", "dm.write tweet.read users.read")
def register(world: "World", ask: Ask) -> Answer:
    if ask.number("id") != ask.user:
        raise blank(403)
    body = object_of(ask.body(), "$", _BODY, "public_key version")
    key = object_of(body["public_key"], "$.public_key", _KEY, _NEEDED)
    if not NUMBER.fullmatch(body["version"]):
        raise invalid("$.version: does not match the regex pattern ^[0-9]{1,19}$")
    version = world.keys.add(ask.user, body["version"], key)
    return Answer({"data": {"public_key_version": version}})


@route("public_keys", "GET", "/2/users/{id}/public_keys", "dm.read tweet.read users.read")
def keys_of(world: "World", ask: Ask) -> Answer:
    ask.only(["public_key.fields"])
    return _told(world, ask, [ask.number("id")])


@route("public_keys", "GET", "/2/users/public_keys", "dm.read tweet.read users.read")
def keys_of_many(world: "World", ask: Ask) -> Answer:
    ask.only(["ids", "public_key.fields"])
    ids = ask.query.get("ids", "").split(",")
    for one in ids:
        if not NUMBER.fullmatch(one) or len(ids) > 100:
            raise wrong_parameter("ids", one, "is not valid")
    return _told(world, ask, ids)


def _told(world: "World", ask: Ask, users: list[str]) -> Answer:
    fields = ask.chosen("public_key.fields", FIELDS) or _DEFAULT
    records = [one for user in users for one in world.keys.of(user)]
    data = [{name: one[name] for name in fields if name in one} for one in records]
    return Answer({"data": data} if data else {})
