"""Puts files into a folder whole or not at all, and never over what is not ours."""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MARK = ".cuicui"
_CURES = {
    errno.EACCES: "may not be written: name another folder",
    errno.EPERM: "may not be written: name another folder",
    errno.EROFS: "is on a disk that may only be read: name another folder",
    errno.ENOTDIR: "is inside a file: name another folder",
    errno.ENOENT: "changed, or cannot be made: try again, or name another folder",
    errno.ENOTEMPTY: "was made by somebody else at the same time: try again",
    errno.EBUSY: "is a disk of its own, or in use: name a folder inside it",
}


class FolderError(Exception):
    """The folder cannot be used; says which, and what to do."""


def put_in_place(folder: Path, files: Mapping[str, str]) -> None:
    """Make `folder` hold `files` (path inside it: text) and nothing else.

    Raises:
        FolderError: it holds something that we did not write, or may not be written.
        OSError: the disk is full, or fails.
    """
    place = folder.resolve()
    with _explained(place):
        _refuse_what_is_not_ours(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        # Beside the folder: from there it can be moved into place at once.
        with TemporaryDirectory(prefix=f"{MARK}-", dir=place.parent) as workplace:
            made = Path(workplace) / "made"
            _write(made, {**files, MARK: "".join(f"{name}\n" for name in sorted(files))})
            _exchange(made, place, Path(workplace) / "replaced")


def _refuse_what_is_not_ours(place: Path) -> None:
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        raise FolderError(f"{place} is a file: name a folder")
    mark = place / MARK
    if not mark.is_file():
        if any(place.iterdir()):
            raise FolderError(
                f"{place} is not empty, and not a folder that this command made: name another"
            )
        return
    ours = {MARK, *mark.read_text("utf-8", "replace").splitlines()}
    if foreign := sorted(set(_files_of(place)) - ours):
        raise FolderError(
            f"{place} would be replaced, and {foreign[0]!r} with it: move that file elsewhere"
        )


def _files_of(place: Path) -> Iterator[str]:
    for path in place.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(place).as_posix()


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _exchange(made: Path, place: Path, replaced: Path) -> None:
    there_is_one = place.exists()
    if there_is_one:
        os.rename(place, replaced)
    try:
        os.rename(made, place)
    except OSError:
        if there_is_one:
            os.rename(replaced, place)
        raise


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _CURES:
            raise
        raise FolderError(f"{place} {_CURES[error.errno]}") from error
