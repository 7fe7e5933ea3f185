"""The XChat side of a person: a real chatxdk user, who reads what the server cannot."""

from typing import TYPE_CHECKING, Any

from chat_xdk import Chat, SendPayload

from tests.fakes.x import acceptance
from tests.fakes.x.chats import ChatEvent, Conversation
from tests.fakes.x.problems import Json
from tests.fakes.x.record import Said

if TYPE_CHECKING:
    from tests.fakes.x.world import World

_KEY = ("public_key", "signing_public_key", "identity_public_key_signature")
_SIGNATURE = ("signature", "public_key_version", "signature_version")


class Peer:
    """Holds a person's keys; registers them at once, past the limits on registering."""

    def __init__(self, world: "World", user: str) -> None:
        self.world = world
        self.user = user
        self.unreadable: list[tuple[ChatEvent, str]] = []  # events, and why
        self.renew()

    def renew(self) -> None:
        """New keys, as on a phone that lost the old ones: what was said before is lost."""
        self.chat = Chat()
        made = self.chat.generate_keypairs()
        known = [int(one["public_key_version"]) for one in self.world.keys.of(self.user)]
        version = str(max([int(made.version or 1), *(one + 1 for one in known)]))
        key = {name: getattr(made.public_key, name) for name in _KEY}
        self.world.keys.add(self.user, version, key)
        self.chat.set_identity(self.user, version)
        self.chat.set_cache_keys(True)

    @property
    def conversation(self) -> Conversation:
        """With the bot."""
        return self.world.chats.between(self.user, self.world.bot.id)

    def change_key(self, where: Conversation | None = None) -> ChatEvent:
        """A new conversation key, wrapped for everybody's newest public key."""
        where = where or self.conversation
        given = self.world.keys.wrapping(where.members)
        prepared = self.chat.prepare_conversation_key_change(given, conversation_id=where.path)
        return acceptance.keys(self.world, where, self.user, keys_body(prepared))

    def write(self, text: str, where: Conversation | None = None, **more: Any) -> ChatEvent:
        where = self._ready(where)
        return self._send(where, self.chat.encrypt_message(where.path, text, **more))

    def pick(self, label: str, offered: Said) -> ChatEvent:
        """Taps one of the choices under a message."""
        options = offered.quick_reply["options"]
        option = next(one for one in options["options"] if one["label"] == label)
        chosen = {"request_id": options["id"], "selected_option_id": option["id"]}
        chosen["metadata"] = option.get("metadata")
        return self.write(label, quick_reply={"response": {"options": chosen}})

    def open_group(self, title: str, *others: str) -> Conversation:
        """A group with these accounts, among whom may be the bot; it is told that it joined."""
        members = {self.user, *others}
        where = self.world.chats.group(members, title)
        given = self.world.keys.wrapping(members)
        prepared = self.chat.prepare_group_create(
            given, where.id, sorted(members), [self.user], title=title
        )
        acceptance.keys(self.world, where, self.user, keys_body(prepared))
        created = action_body(prepared["action_signatures"][1])
        self.world.deliver(where, self.world.chats.add_action(where, self.user, created))
        return where

    def edit(self, event: ChatEvent, text: str) -> ChatEvent:
        where = self.world.chats.all[event.conversation]
        return self._send(where, self.chat.encrypt_edit(event.encoded, text))

    def react(self, event: ChatEvent, emoji: str = "👍") -> ChatEvent:
        where = self.world.chats.all[event.conversation]
        return self._send(where, self.chat.encrypt_add_reaction(event.encoded, emoji))

    def forge(self, text: str, sender: str) -> ChatEvent:
        """A message in the bot's conversation with `sender` that `sender` never signed."""
        made = self.chat.encrypt_message(self._ready(None).path, text)
        where = self.world.chats.between(sender, self.world.bot.id)
        event = self._send(self.conversation, made)
        return self.world.smuggle(where, sender, event)

    def _ready(self, where: Conversation | None) -> Conversation:
        where = where or self.conversation
        if not where.key_changes:
            self.change_key(where)
        return where

    def _send(self, where: Conversation, made: SendPayload) -> ChatEvent:
        return acceptance.message(self.world, where, self.user, message_body(made))

    def receive(self, where: Conversation, event: ChatEvent) -> Json | None:
        """The event in clear; None for a key change, and for what cannot be read."""
        self.chat.set_signing_keys(self.world.keys.roster(where.members))
        try:
            if event.is_message:
                return dict(self.chat.decrypt_event(event.encoded))
            wrong = self.chat.decrypt_events([event.encoded])["errors"]
            if wrong:
                raise ValueError(str(wrong))
        except ValueError as error:
            self.unreadable.append((event, str(error)))
        return None


def message_body(made: SendPayload) -> Json:
    """What chatxdk encrypted, as POST …/messages takes it (docs.x.com/xchat/getting-started)."""
    return {
        "message_id": made.message_id,
        "encoded_message_create_event": made.encrypted_content,
        "encoded_message_event_signature": made.encoded_event_signature,
    }


def keys_body(prepared: Json) -> Json:
    """What chatxdk prepared, as POST …/keys takes it (docs.x.com/xchat/getting-started)."""
    wrapped = [
        {
            "user_id": one["user_id"],
            "encrypted_conversation_key": one["encrypted_key"],
            "public_key_version": one["public_key_version"],
        }
        for one in prepared["participant_keys"]
    ]
    return {
        "conversation_key_version": prepared["conversation_key_version"],
        "conversation_participant_keys": wrapped,
        "action_signatures": [action_body(one) for one in prepared["action_signatures"]],
    }


def action_body(one: Json) -> Json:
    return {
        "message_id": one["message_id"],
        "encoded_message_event_detail": one["encoded_message_event_detail"],
        "message_event_signature": {name: one[name] for name in _SIGNATURE},
    }
