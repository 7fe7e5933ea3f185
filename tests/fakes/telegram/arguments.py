"""The arguments of one call, however they came: JSON, form, multipart or query string."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.fakes.telegram.errors import bad


@dataclass(frozen=True)
class Upload:
    name: str
    kind: str
    content: bytes


@dataclass
class Arguments:
    """Empty values count as absent, as in the real server."""

    values: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = {k: v for k, v in self.values.items() if v is not None and v != ""}

    def has(self, name: str) -> bool:
        return name in self.values or name in self.files

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise bad(f'field "{name}" must be of type String')
        return value

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad(f'field "{name}" must be a valid Number') from None

    def within(self, name: str, default: int, low: int, high: int) -> int:
        value = self.integer(name, default)
        if not low <= value <= high:
            raise bad(f"{name} must be between {low} and {high}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = str(self.values.get(name, default)).lower()
        if value not in ("true", "false", "1", "0"):
            raise bad(f'field "{name}" must be of type Boolean')
        return value in ("true", "1")

    def decoded(self, name: str, what: str = "") -> Any:
        """A value that a form carries as JSON text; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what or name.replace('_', ' ')} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """A file sent in the field itself or attached under another name."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return self.files.get(name)


async def read_arguments(request: Request) -> Arguments:
    values: dict[str, Any] = dict(request.query_params)
    files: dict[str, Upload] = {}
    if request.headers.get("content-type", "").startswith("application/json"):
        values.update(_object(await request.body()))
    else:
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = await _upload(value)
                else:
                    values[name] = value
    return Arguments(values, files)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise bad("can't parse JSON object")
    return found


async def _upload(file: UploadFile) -> Upload:
    kind = file.content_type or "application/octet-stream"
    return Upload(file.filename or "file", kind, await file.read())
