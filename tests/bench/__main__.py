"""`make bench`: Rasa's default starter, ours and a bare echo, in one run; `results/bench.md`."""

import asyncio
import datetime
import os
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.commands.serving import BRAIN_CALLS
from bot.privacy.keys import derived
from bot.settings import QUIET_LIBRARIES, ROOT
from tests.bench.driver import Speed, Target, measure
from tests.bench.processes import Cost, free_port, python, resident, run_measured, served
from tests.evaluation.lines import lines

REPORT = ROOT / "results" / "bench.md"
KEY = "the key of the bench"
STARTER_TEXTS = (
    "hello", "i am sad", "yes", "no", "are you a bot?", "bye", "great, thanks", "not so good",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """All figures of one server; training is None for the echo."""

    name: str
    speed: Speed
    start: float
    memory: float
    training: Cost | None


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **QUIET_LIBRARIES, **more}


def measure_server(
    name: str,
    command: list[str],
    folder: Path,
    env: dict[str, str],
    target: Target,
    texts: Sequence[str],
    training: Cost | None,
) -> Measured:
    """Start it, load it, weigh it, stop it."""
    print(f"measuring {name}…", flush=True)
    with served(command, folder, env, target.answers) as (process, start):
        speed = asyncio.run(measure(target, texts))
        return Measured(name, speed, start, resident(process), training)


def starter(folder: Path) -> Measured:
    """Rasa's own `rasa init`, served by its REST channel, with a SQLite tracker store."""
    env = environment()
    run_measured(python("-m", "rasa", "init", "--no-prompt", "--init-dir", "."), folder, env)
    for model in (folder / "models").glob("*"):
        model.unlink()
    (folder / "credentials.yml").write_text("rest:\n")
    store = "tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: starter.db\n"
    (folder / "endpoints.yml").write_text(store)
    training = run_measured(python("-m", "rasa", "train", "--force"), folder, env)
    port = free_port()
    command = python("-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port))
    url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    target = Target(url, {}, "sender", "message")
    return measure_server(
        "Rasa's default starter", command, folder, env, target, STARTER_TEXTS, training
    )


def ours(folder: Path) -> Measured:
    """`python -m bot brain` with its SQLite tracker store, trained from nothing."""
    env = environment(BOT_DATA_DIR=str(folder / "var"), BOT_SECRET_KEY=KEY)
    training = run_measured(python("-m", "bot", "train"), ROOT, env)
    port = free_port()
    command = python("-m", "bot", "brain", "--port", str(port))
    headers = {"Authorization": f"Bearer {derived(KEY.encode(), BRAIN_CALLS)}"}
    target = Target(f"http://127.0.0.1:{port}/reply", headers, "person", "text")
    texts = [line.text for line in lines()]
    return measure_server("Cuicui", command, ROOT, env, target, texts, training)


def floor() -> Measured:
    """A bare Starlette echo."""
    port = free_port()
    target = Target(f"http://127.0.0.1:{port}/reply", {}, "person", "text")
    command = python("-m", "tests.bench.echo", str(port))
    texts = [line.text for line in lines()]
    return measure_server("bare Starlette echo", command, ROOT, environment(), target, texts, None)


def table(measured: Sequence[Measured]) -> str:
    """One column a server, and the ratio of ours to the starter."""
    default, mine, _ = measured
    rows = [
        ("reply p50, ms", lambda m: m.speed.p50, "at most 0.5"),
        ("reply p95, ms", lambda m: m.speed.p95, ""),
        ("messages a second, 8 senders", lambda m: m.speed.rate, "at least 3"),
        ("start to first answer, s", lambda m: m.start, "at most 0.25"),
        ("resident memory, MB", lambda m: m.memory, "at most 0.4"),
        ("training, s", lambda m: m.training.seconds if m.training else None, "at most 1"),
        ("training peak memory, MB", lambda m: m.training.peak if m.training else None, ""),
    ]
    lines_ = [f"| | {' | '.join(m.name for m in measured)} | ratio | aim |", "|---" * 6 + "|"]
    for name, figure, aim in rows:
        values = [figure(m) for m in measured]
        cells = " | ".join("–" if value is None else f"{value:.1f}" for value in values)
        lines_.append(f"| {name} | {cells} | {figure(mine) / figure(default):.2f} | {aim} |")
    return "\n".join(lines_)


def main() -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        measured = [starter(Path(first)), ours(Path(second)), floor()]
    memory = psutil.virtual_memory().total / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.machine()}, {platform.system()}"
    today = datetime.date.today().isoformat()
    report = f"# Speed and memory, {today}, {machine}\n\n{table(measured)}\n"
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
