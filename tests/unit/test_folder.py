"""A folder is made whole, replaced when it is ours, and never when it is not."""

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.commands.failures import FORESEEN, explain
from bot.kit.folder import MARK, FolderError, put_in_place

FIRST = {"index.html": "un", "fr/rt.html": "é"}
NOBODY = 65534


def held(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARK
    }


@contextmanager
def without_privileges() -> Iterator[None]:
    """As a person whom folders can refuse: nothing is refused to root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_is_made_with_its_parents_and_can_be_read_by_others(tmp_path: Path) -> None:
    place = tmp_path / "a" / "site"
    put_in_place(place, FIRST)
    assert held(place) == FIRST
    beside = tmp_path / "beside"
    beside.mkdir()
    assert place.stat().st_mode == beside.stat().st_mode


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    put_in_place(tmp_path, FIRST)
    assert held(tmp_path) == FIRST


def test_what_we_made_is_replaced_and_nothing_is_left_beside(tmp_path: Path) -> None:
    place = tmp_path / "site"
    put_in_place(place, FIRST)
    put_in_place(place, {"index.html": "deux"})
    assert held(place) == {"index.html": "deux"}
    assert list(tmp_path.iterdir()) == [place]


def test_a_folder_of_somebody_else_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "photos"
    place.mkdir()
    (place / "cat.jpg").write_text("cat")
    with pytest.raises(FolderError, match="not a folder that this command made"):
        put_in_place(place, FIRST)
    assert held(place) == {"cat.jpg": "cat"}


@pytest.mark.parametrize("name", ["CNAME", "fr/mine.html", ".git/config"])
def test_a_file_put_into_our_folder_is_never_erased(tmp_path: Path, name: str) -> None:
    place = tmp_path / "site"
    put_in_place(place, FIRST)
    (place / name).parent.mkdir(exist_ok=True)
    (place / name).write_text("mine")
    with pytest.raises(FolderError, match=name):
        put_in_place(place, FIRST)
    assert held(place) == {**FIRST, name: "mine"}


def test_a_link_in_our_folder_is_foreign_too(tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    put_in_place(place, FIRST)
    elsewhere.mkdir()
    (place / "link").symlink_to(elsewhere)
    with pytest.raises(FolderError, match="'link'"):
        put_in_place(place, FIRST)


def test_a_link_to_our_folder_stays_a_link(tmp_path: Path) -> None:
    place, link = tmp_path / "site", tmp_path / "link"
    put_in_place(place, FIRST)
    link.symlink_to(place)
    put_in_place(link, {"index.html": "deux"})
    assert link.is_symlink()
    assert held(place) == {"index.html": "deux"}


@pytest.mark.parametrize("make", [Path.touch, os.mkfifo])
def test_a_file_is_no_folder(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "site")
    with pytest.raises(FolderError, match="is a file"):
        put_in_place(tmp_path / "site", FIRST)
    assert (tmp_path / "site").exists()


def test_a_folder_cannot_be_inside_a_file(tmp_path: Path) -> None:
    (tmp_path / "site").touch()
    with pytest.raises(FolderError, match="is inside a file"):
        put_in_place(tmp_path / "site" / "here", FIRST)


def test_a_folder_that_may_not_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with without_privileges(), pytest.raises(FolderError, match="may not be written") as refused:
        put_in_place(closed / "site", FIRST)
    assert len(explain(refused.value).splitlines()) == 1
    assert isinstance(refused.value, FORESEEN)


@pytest.mark.parametrize("step", ["write_text", "rename"])
def test_a_disk_that_fills_up_leaves_the_old_folder_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    place = tmp_path / "site"
    put_in_place(place, FIRST)
    _fill_up(monkeypatch, step)
    with pytest.raises(OSError, match="No space") as refused:
        put_in_place(place, {"index.html": "deux", "fr/rt.html": "deux"})
    monkeypatch.undo()
    assert explain(refused.value).startswith("the disk is full")
    assert held(place) == FIRST
    assert list(tmp_path.iterdir()) == [place]


def _fill_up(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """The second call of `step` finds no room left; later ones do."""
    owner: Any = os if step == "rename" else Path
    real, calls = getattr(owner, step), iter(range(1000))

    def full(*arguments: Any) -> Any:
        if next(calls) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(owner, step, full)


def test_two_at_once_leave_one_whole_folder(tmp_path: Path) -> None:
    place = tmp_path / "site"
    wanted = [{f"{page}.html": str(turn) for page in range(50)} for turn in range(8)]

    def put(files: dict[str, str]) -> bool:
        try:
            put_in_place(place, files)
        except FolderError:
            return False
        return True

    with ThreadPoolExecutor(4) as several:
        done = list(several.map(put, wanted))
    assert any(done)
    assert held(place) in wanted
    assert list(tmp_path.iterdir()) == [place]
