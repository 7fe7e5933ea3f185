"""What a person sees when a process is stopped, or cannot start."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy

import httpx
import psutil
import pytest

from bot.brain.train import trained_model
from bot.settings import ROOT, Settings

PATIENCE = 90


@contextmanager
def started(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"ended without saying {words!r}")


@pytest.fixture
def environment(clean_environment: dict[str, str], settings: Settings) -> dict[str, str]:
    return {
        **clean_environment,
        "BOT_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": "sqlite://",
        "BOT_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.mark.parametrize("workers", ["0", "2"])
def test_run_answers_and_ctrl_c_stops_every_process(
    bot_command: list[str], environment: dict[str, str], tmp_path: Path, workers: str
) -> None:
    env = {
        **environment,
        "BRAIN_WORKERS": workers,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'conversations.db'}",
    }
    with started([*bot_command, "run"], env) as process:
        wait_for(process, "Cuicui is ready")
        answer = httpx.post(
            f"http://127.0.0.1:{env['BOT_PORT']}/chat/turn",
            data={"text": "c koi un RT ?"},
            timeout=30,
        )
        assert "retweet" in answer.text
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) == int(workers)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        alive = psutil.wait_procs(family, timeout=5)[1]
        assert alive == []


def test_a_taken_port_is_one_clear_line(
    bot_command: list[str], environment: dict[str, str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["BOT_PORT"])))
        taken.listen()
        done = finished([*bot_command, "run"], environment)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "cuicui: that port is taken: stop what uses it, or choose another with BOT_PORT"
    ]


def test_a_wrong_setting_is_one_clear_line(
    bot_command: list[str], environment: dict[str, str]
) -> None:
    done = finished([*bot_command, "run"], {**environment, "BOT_PORT": "http"})
    assert done.stderr.splitlines() == ["cuicui: BOT_PORT must be a whole number from 0 to 65535"]


def test_no_model_is_one_clear_line(
    bot_command: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    done = finished([*bot_command, "ask", "rt"], {**environment, "BOT_DATA_DIR": str(tmp_path)})
    assert done.stderr.splitlines() == ["cuicui: there is no model yet: run `make train`"]


def test_a_corrupt_model_is_one_clear_line(
    bot_command: list[str], environment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    model = trained_model(settings.models)
    for path in (model, model.with_name(f"{model.name}.sha256")):
        copy(path, models)
    with (models / model.name).open("r+b") as file:
        file.seek(1000)
        file.write(b"broken")
    done = finished([*bot_command, "ask", "rt"], {**environment, "BOT_DATA_DIR": str(tmp_path)})
    assert done.returncode == 1
    assert "the model is damaged: remove" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_unwritable_folder_is_one_clear_line(
    bot_command: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    env = {**environment, "BOT_DATA_DIR": str(blocked / "var")}
    done = finished([*bot_command, "run"], env)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_clear_line(bot_command: list[str], environment: dict[str, str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*bot_command, "lint"],
            cwd=ROOT, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "the disk is full" in done.stderr


def test_a_killed_brain_loses_no_conversation(
    bot_command: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    env = {**environment, "DATABASE_URL": f"sqlite:///{tmp_path / 'conversations.db'}"}
    url = f"http://127.0.0.1:{env['BOT_PORT']}/chat/turn"
    with httpx.Client(timeout=30) as browser:
        with started([*bot_command, "run"], env) as process:
            wait_for(process, "Cuicui is ready")
            assert (
                "Hashtag" in browser.post(url, data={"text": "c'est quoi un hashtag"}).text.title()
            )
            process.kill()
        with started([*bot_command, "run"], env) as process:
            wait_for(process, "Cuicui is ready")
            assert "hashtag" in browser.post(url, data={"text": "et un exemple ?"}).text
            os.kill(process.pid, signal.SIGTERM)
            process.wait(timeout=20)


def finished(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE
    )
    assert time.monotonic() - begun < PATIENCE
    return done
