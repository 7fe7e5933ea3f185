"""A PostgreSQL server of the tests' own: on a socket in a folder of its own, gone with them.

PostgreSQL refuses to run as root: there it runs as the user that Debian's package makes for it.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Optional

import sqlalchemy as sa

MISSING = "these tests need PostgreSQL's programs: apt-get install postgresql"
OWNER = "postgres"
PATIENCE = 30.0
# What is lost when the power fails is of no matter here.
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


class Postgres:
    """A server that can be stopped and started again; `database` makes a new database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._numbers = itertools.count(1)

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"database_{next(self._numbers)}"
        engine = sa.create_engine(self._url("postgres"), future=True, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._url(name)

    def start(self) -> None:
        settings = [part for setting in _QUICK for part in ("-c", setting)]
        command = [_program("postgres"), "-D", "data", "-k", str(self._folder), *settings]
        log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._owned())
        log.close()
        end = time.monotonic() + PATIENCE
        while not self._takes_calls():
            assert time.monotonic() < end, (self._folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, and every connection with it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def make(self) -> None:
        """Make the server's files."""
        if os.geteuid() == 0:
            shutil.chown(self._folder, OWNER)
        command = [_program("initdb"), "-D", "data", "-U", OWNER, "-A", "trust", "-E", "UTF8",
                   "--locale=C", "--no-sync"]  # fmt: skip
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE, **self._owned()
        )

    def _owned(self) -> dict[str, Any]:
        where: dict[str, Any] = {"cwd": self._folder}
        if os.geteuid() != 0:
            return where
        owner = pwd.getpwnam(OWNER)
        return {**where, "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()}

    def _takes_calls(self) -> bool:
        engine = sa.create_engine(self._url("postgres"), future=True)
        try:
            engine.connect().close()
        except sa.exc.OperationalError:
            return False
        finally:
            engine.dispose()
        return True

    def _url(self, name: str) -> str:
        return f"postgresql://{OWNER}@/{name}?host={self._folder}"


def _program(name: str) -> str:
    """Debian keeps most of them out of the way, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    program = shutil.which(name) or (str(found[-1]) if found else None)
    assert program, MISSING
    return program


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A running server."""
    with tempfile.TemporaryDirectory(prefix="cuicui-postgres-") as folder:
        server = Postgres(Path(folder))
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
