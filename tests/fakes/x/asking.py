"""One request, read strictly: what X does not know it refuses, and says which part."""

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.fakes.x.ids import NUMBER
from tests.fakes.x.problems import Json, invalid, wrong_parameter
from tests.fakes.x.tokens import Access

_TYPES: dict[str, type] = {"string": str, "array": list, "object": dict, "boolean": bool}


@dataclass
class Ask:
    path: dict[str, str]
    query: dict[str, str]
    raw: bytes
    content_type: str
    authorization: str
    access: Access

    @property
    def user(self) -> str:
        return self.access.user

    def number(self, name: str) -> str:
        """An id in the path."""
        if not NUMBER.fullmatch(self.path[name]):
            raise wrong_parameter(name, self.path[name], "is not valid")
        return self.path[name]

    def matching(self, name: str, pattern: str) -> str:
        if not re.fullmatch(pattern, self.path[name]):
            raise wrong_parameter(name, self.path[name], "is not valid")
        return self.path[name]

    def within(self, name: str, default: int, low: int, high: int) -> int:
        text = self.query.get(name, str(default))
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise wrong_parameter(name, text, f"is not between {low} and {high}")
        return int(text)

    def chosen(self, name: str, allowed: list[str]) -> list[str]:
        """A list with commas; every item must be one of those allowed."""
        if name not in self.query:
            return []
        items = self.query[name].split(",")
        for item in items:
            if item not in allowed:
                raise wrong_parameter(name, item, f"is not one of [{','.join(allowed)}]")
        return items

    def only(self, known: list[str]) -> None:
        for name, value in self.query.items():
            if name not in known:
                message = f"The query parameter [{name}] is not one of [{','.join(sorted(known))}]"
                raise invalid(message, **{name.replace(".", "__"): value})

    def body(self) -> Any:
        if not self.content_type.startswith("application/json"):
            raise invalid("Requests with bodies must have content-type of application/json.")
        try:
            return json.loads(self.raw)
        except ValueError:
            raise invalid("The request body is not valid JSON.") from None


def object_of(value: Any, where: str, known: dict[str, str], required: str = "") -> Json:
    """A JSON object with these members only, of these types."""
    if not isinstance(value, dict):
        raise invalid(f"{where}: object expected")
    for name in value.keys() - known.keys():
        rule = "is not defined in the schema and the schema does not allow additional properties"
        raise invalid(f"{where}.{name}: {rule}")
    for name in required.split():
        if name not in value:
            raise invalid(f"{where}.{name}: is missing but it is required")
    for name, given in value.items():
        if not isinstance(given, _TYPES[known[name]]):
            raise invalid(f"{where}.{name}: {known[name]} expected")
    return value
