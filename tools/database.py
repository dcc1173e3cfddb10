"""Databases: built once as templates, copied in a second, dropped with their files."""

import ast
import contextlib
import os
import re
import shutil
import subprocess

from . import environment
from .common import (
    ADDONS,
    DATA,
    HOME,
    LOGS,
    ROOT,
    Failure,
    addons_hash,
    last_error,
    lock,
    save_log,
    say,
    short_hash,
    step,
)

LANGUAGE = "zh_CN"
CONFIG = HOME / "odoo.conf"
PREFIX = f"crmr_{short_hash(str(ROOT))[:6]}"
KEPT_TEMPLATES = 3
# What the first pages of the web client and the tours load.
SCRIPTS = (
    "bus.websocket_worker_assets",
    "web.assets_emoji",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_tests",
    "web.assets_web",
    "web_tour.interactive",
)
STYLES = ("web.assets_frontend", "web.assets_web", "web.assets_web_print")
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) ")
LOADING = re.compile(r"Loading module (\w+) \((\d+)/(\d+)\)")


def write_config():
    """The settings that every Odoo process of ours shares."""
    DATA.mkdir(parents=True, exist_ok=True)
    settings = {
        "addons_path": ROOT if ADDONS else "",
        "data_dir": DATA,
        "http_interface": "127.0.0.1",
        "list_db": "False",
        "max_cron_threads": 0,
    }
    lines = [f"{name} = {value}\n" for name, value in settings.items()]
    CONFIG.write_text("[options]\n" + "".join(lines))
    return CONFIG


def names(server):
    """The databases on the server."""
    return set(server.psql("SELECT datname FROM pg_database"))


def filestore(name):
    """The folder of a database's attachments."""
    return DATA / "filestore" / name


def drop(server, name):
    """Drop a database and its files, if they are there."""
    server.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy(server, source, name):
    """Copy a database; its files are never rewritten, so they are linked."""
    drop(server, name)
    server.psql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    if filestore(source).exists():
        shutil.copytree(filestore(source), filestore(name), copy_function=os.link)


@contextlib.contextmanager
def copied(server, source, name):
    """A copy that lasts as long as it is needed, whatever happens."""
    with lock("templates"):
        copy(server, source, name)
    try:
        yield name
    finally:
        for other in names(server):
            # pytest-xdist makes a copy per worker
            if re.fullmatch(rf"{re.escape(name)}(-gw\d+)?", other):
                drop(server, other)


def drop_abandoned(server):
    """Drop the copies of runs that were killed."""
    for name in names(server):
        found = re.match(rf"{PREFIX}_run_(\d+)", name)
        if found and not os.path.exists(f"/proc/{found[1]}"):
            drop(server, name)


def rename(server, source, name):
    """Give a database and its files another name."""
    server.psql(f'ALTER DATABASE "{source}" RENAME TO "{name}"')
    if filestore(source).exists():
        # of a database of that name on another server
        shutil.rmtree(filestore(name), ignore_errors=True)
        filestore(source).rename(filestore(name))


def third_party():
    """The modules that our addons depend on and others wrote."""
    found = set()
    for addon in ADDONS:
        manifest = ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())
        found.update(manifest.get("depends", []))
    return sorted(found - set(ADDONS)) or ["base"]


def odoo(server, name, *arguments, log):
    """Run Odoo once on a database, showing the modules it loads.

    :return: the lines of its log that are warnings or worse
    """
    command = [environment.BIN / "odoo", "server", "-c", CONFIG, "-d", name]
    command += ["--no-http", "--stop-after-init", *arguments]
    LOGS.mkdir(parents=True, exist_ok=True)
    with (
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment.variables(server),
        ) as process,
        (LOGS / log).open("w") as file,
    ):
        for line in process.stdout:
            file.write(line)
            _show_progress(line)
    if process.returncode:
        where = os.path.relpath(LOGS / log)
        reason = last_error((LOGS / log).read_text())
        raise Failure(f"Odoo stopped with an error: {reason} (all of it: {where})")
    return _faults((LOGS / log).read_text())


def _faults(text):
    """The lines of a log that are warnings or worse."""
    bad = ("WARNING", "ERROR", "CRITICAL")
    return [
        line.strip()
        for line in text.splitlines()
        if (found := LOG_LINE.match(line)) and found["level"] in bad
    ]


def _show_progress(line):
    """Show which module Odoo loads: every one to a person, few to a log."""
    if found := LOADING.search(line):
        module, number, total = found[1], int(found[2]), int(found[3])
        if os.isatty(1):
            print(f"\r  {number}/{total} {module}\033[K", end="", flush=True)
            if number == total:
                print("\r\033[K", end="", flush=True)
        elif number % 25 == 0:
            say(f"  {number}/{total}")


def build(server, name, source, *arguments, log, strict=True, after=None):
    """Build a database under another name, so that it appears when complete."""
    part = f"{name}_part"
    if source:
        copy(server, source, part)
    else:
        drop(server, part)
    faults = odoo(server, part, *arguments, log=log)
    if faults and strict:
        shown = "\n  ".join(faults[:10])
        raise Failure(
            f"The installation logged {len(faults)} warnings or errors, which "
            f"nobody should see (all of it: {os.path.relpath(LOGS / log)}):\n  {shown}"
        )
    if after:
        after(server, part)
    rename(server, part, name)


def templates(server, demo=False):
    """Return the names of the base and the full template, building what lacks.

    The base has what others wrote, the full one our addons on top. Each name
    holds a hash of what went into it, so a changed addon makes a new name.
    """
    write_config()
    kind = "demo" if demo else "test"
    modules = third_party()
    base_key = short_hash(modules, LANGUAGE, environment.versions())
    base = f"{PREFIX}_{kind}_base_{base_key}"
    full = f"{PREFIX}_{kind}_full_{short_hash(base_key, addons_hash())}"
    with lock("templates"):
        have = names(server)
        demo_option = ["--with-demo"] if demo else []
        if base not in have:
            _drop_old(server, f"{PREFIX}_{kind}_", 0)
            # the first language is the default one
            languages = f"--load-language=en_US,{LANGUAGE}"
            wanted = ["-i", ",".join(modules), languages, *demo_option]
            with step(f"installing what the addons depend on ({kind} template)"):
                build(server, base, None, *wanted, log=f"{kind}-base.log", strict=False)
        if full not in have:
            wanted = ["-i", ",".join(ADDONS or ["base"]), *demo_option]
            after = None if demo else _generate_assets
            with step(f"installing the addons ({kind} template)"):
                build(
                    server, full, base, *wanted, log=f"{kind}-addons.log", after=after
                )
            _drop_old(server, f"{PREFIX}_{kind}_full_", KEPT_TEMPLATES)
    return base, full


def _drop_old(server, prefix, kept):
    """Drop all but the newest databases whose names begin so."""
    query = "SELECT datname FROM pg_database WHERE datname LIKE '{}%' ORDER BY oid DESC"
    for name in server.psql(query.format(prefix.replace("_", r"\_")))[kept:]:
        drop(server, name)


def _generate_assets(server, name):
    """Put the web client's bundles into the template: browser tests start faster."""
    code = f"""
for bundle in {SCRIPTS!r}:
    env["ir.qweb"]._get_asset_bundle(bundle, css=False).js()
for bundle in {STYLES!r}:
    env["ir.qweb"]._get_asset_bundle(bundle, js=False).css()
"""
    script(server, name, code, "Compiling the web client")


def script(server, name, code, what="A script in Odoo", show=False):
    """Run code in Odoo's shell, commit, and return what it printed.

    :param show: let it print to the terminal instead
    """
    command = [environment.BIN / "odoo", "shell", "-c", CONFIG, "-d", name]
    command += ["--no-http", "--log-level=error"]
    done = subprocess.run(
        [str(word) for word in command],
        input=f"{code}\nenv.cr.commit()\n",
        stdout=None if show else subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment.variables(server),
        check=False,
    )
    if done.returncode:
        where = save_log("shell.log", (done.stdout or "") + done.stderr)
        raise Failure(f"{what} failed: {last_error(done.stderr)} (all of it: {where})")
    return done.stdout
