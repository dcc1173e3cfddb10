"""Paths, messages, commands and locks that every part of ./dev uses."""

import contextlib
import fcntl
import hashlib
import os
import re
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".odoo"
LOGS = HOME / "log"
DATA = HOME / "data"
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))

# What of an addon decides how a database with it looks.
NOT_INSTALLED = ("tests", "__pycache__")


class Failure(Exception):
    """A failure that one sentence explains to the person at the terminal."""


def say(text):
    """Print a line at once, so that it stands before what a command prints."""
    print(text, flush=True)


@contextlib.contextmanager
def step(what):
    """Say what begins, and how long it took."""
    start = time.monotonic()
    say(f"· {what} ...")
    yield
    say(f"  {what}: {time.monotonic() - start:.1f} s")


def run(command, what, log=None, **kwargs):
    """Run a command silently and return its output.

    :param what: names the work in the message when the command fails
    :param log: name of a file in LOGS that keeps the whole output
    """
    command = [str(part) for part in command]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if log else subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
            **kwargs,
        )
    except FileNotFoundError as error:
        raise Failure(f"{what} failed: {error.filename} is not there.") from error
    where = f" (all of it: {save_log(log, done.stdout)})" if log else ""
    if done.returncode:
        reason = last_error((done.stderr or "") + done.stdout)
        raise Failure(f"{what} failed: {reason}{where}")
    return done.stdout


def save_log(name, text):
    """Keep a command's output and return the file's path, short if possible."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / name
    path.write_text(text)
    return os.path.relpath(path)


def last_error(output):
    """The line of a command's output that most likely says why it failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"error|E:|fatal", line, re.I)]
    return (errors or lines or ["it said nothing"])[-1][:300]


@contextlib.contextmanager
def lock(name):
    """Let one ./dev at a time do a thing, and say so to the one that waits."""
    HOME.mkdir(exist_ok=True)
    with (HOME / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"· waiting for another ./dev to finish its part ({name}) ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check_writable():
    """Refuse to work in a folder that another user's ./dev made."""
    if HOME.exists() and not os.access(HOME, os.W_OK):
        owner = HOME.stat().st_uid
        raise Failure(
            f"{os.path.relpath(HOME)} belongs to the user with id {owner}: "
            "call ./dev as that user, or remove the folder."
        )
    if not os.access(ROOT, os.W_OK):
        raise Failure(f"You may not write in {ROOT}: clone into a folder of yours.")


def addon_files():
    """Every file of the addons that an installation can depend on."""
    for addon in ADDONS:
        for path in sorted((ROOT / addon).rglob("*")):
            relative = path.relative_to(ROOT)
            if path.is_file() and not set(relative.parts).intersection(NOT_INSTALLED):
                yield relative, path


def addons_hash():
    """A short name for the present content of the addons."""
    digest = hashlib.sha256()
    for relative, path in addon_files():
        digest.update(f"{relative}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def short_hash(*parts):
    """A short name for any values."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
