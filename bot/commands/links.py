"""`lint --links`: tries every address that the entries cite."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import click
import httpx

from bot.knowledge.files import GlossaryError, Problem
from bot.knowledge.load import read_entries
from bot.knowledge.model import Entry

AT_ONCE = 8
PATIENCE = 20.0
_GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)
_HEADERS = {"User-Agent": "cuicui-lint (checks the links of a glossary)"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with an address; one that is `gone` needs another source."""

    address: str
    reason: str
    gone: bool = False


def check_links(folder: Path) -> None:
    """Print what is wrong with each address, then one line that counts.

    Raises:
        GlossaryError: some addresses are gone; names them by file.
    """
    entries, problems = read_entries(folder)
    if problems:
        raise GlossaryError(problems)
    cited = _cited(entries)
    faults = asyncio.run(_try_all(cited))
    for fault in faults:
        if not fault.gone:
            names = ", ".join(path.stem for path in cited[fault.address])
            click.echo(f"{fault.address}: {fault.reason} ({names})")
    click.echo(f"{len(cited)} addresses tried, {len(faults)} to look at")
    if gone := [fault for fault in faults if fault.gone]:
        raise GlossaryError([
            Problem(path, "sources", f"{fault.address} {fault.reason}: find another source")
            for fault in gone
            for path in cited[fault.address]
        ])  # fmt: skip


def _cited(entries: Iterable[tuple[Path, Entry]]) -> dict[str, list[Path]]:
    cited: dict[str, list[Path]] = defaultdict(list)
    for path, entry in entries:
        for source in entry.sources:
            if source.url:
                cited[source.url].append(path)
    return cited


async def _try_all(addresses: Iterable[str]) -> list[Fault]:
    async with httpx.AsyncClient(
        headers=_HEADERS, timeout=PATIENCE, follow_redirects=True
    ) as client:
        return await find_faults(client, addresses)


async def find_faults(client: httpx.AsyncClient, addresses: Iterable[str]) -> list[Fault]:
    """What is wrong with `addresses`, in their order; one request at a time to each host."""
    slots = asyncio.Semaphore(AT_ONCE)
    hosts: Mapping[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(1))

    async def one(address: str) -> Optional[Fault]:
        async with AsyncExitStack() as waiting:
            await waiting.enter_async_context(hosts[_host(address)])
            await waiting.enter_async_context(slots)
            return await _fault_of(client, address)

    found = await asyncio.gather(*map(one, addresses))
    return [fault for fault in found if fault is not None]


def _host(address: str) -> str:
    try:
        return httpx.URL(address).host
    except httpx.InvalidURL:
        return address


async def _fault_of(client: httpx.AsyncClient, address: str) -> Optional[Fault]:
    try:
        # Many sites refuse HEAD; the body is left unread.
        async with client.stream("GET", address) as response:
            if response.status_code in _GONE:
                return Fault(address, f"is gone ({response.status_code})", gone=True)
            if response.is_error:
                return Fault(address, f"answered {response.status_code}: look with a browser")
            if response.url.path == "/" and httpx.URL(address).path != "/":
                return Fault(address, f"now leads to {response.url}: look whether it still says so")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Fault(address, f"cannot be reached ({type(error).__name__}): look with a browser")
    return None
