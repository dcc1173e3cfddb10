"""./dev run, stop and reset: a database with the addons and its server."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import database, environment, postgres
from .common import (
    ADDONS,
    HOME,
    LOGS,
    ROOT,
    Failure,
    addons_hash,
    last_error,
    say,
    step,
)

DEMO_LOGIN = re.compile(r'<field name="login">([^<]+)</field>')
STARTUP_SECONDS = 180


def run(options):
    """Make the database ready, start the server and show how to log in."""
    name = options.database
    if running := _running(name):
        say(f"It runs already: http://127.0.0.1:{running['port']} (./dev stop ends it)")
        return 0
    _check_port(options.port)
    environment.ensure(options.odoo)
    server = postgres.ensure(options)
    database.write_config()
    prepare(server, name, demo=not options.no_demo)
    process = _start(server, options)
    try:
        _wait_until_ready(process, options.port, name)
    except BaseException:
        _end(process.pid)
        raise
    _greet(name, options)
    return 0 if options.background else _attend(process, name)


def prepare(server, name, demo=True):
    """Create the database, or upgrade the addons in it if they changed."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        raise Failure(
            f"{name} cannot be a database's name: use a-z, 0-9 and _, a letter first."
        )
    content = addons_hash()
    if name not in database.names(server):
        with step(f"creating the database {name}, which takes one to three minutes"):
            options = [
                "-i",
                ",".join(ADDONS),
                f"--load-language=en_US,{database.LANGUAGE}",
            ]
            options += ["--with-demo"] if demo else []
            database.build(
                server, name, None, *options, log=f"create-{name}.log", strict=False
            )
        _record(name).write_text(json.dumps({"content": content, "demo": demo}))
    elif _recorded(name).get("content") != content:
        _upgrade(server, name, content)


def _upgrade(server, name, content):
    """Upgrade our addons in a database that was made with older files."""
    with step(f"upgrading the addons in {name}"):
        log = f"upgrade-{name}.log"
        arguments = ["-u", ",".join(ADDONS), "-i", ",".join(ADDONS)]
        try:
            faults = database.odoo(server, name, *arguments, log=log)
        except Failure as failure:
            raise Failure(
                f"The addons in {name} could not be upgraded; correct them, or start "
                f"afresh with ./dev reset --database {name}. {failure}"
            ) from failure
    for fault in faults:
        say(f"  {fault}")
    _record(name).write_text(json.dumps({**_recorded(name), "content": content}))


def stop(options):
    """Stop the servers (or that of one database) and then PostgreSQL."""
    wanted = [options.database] if options.database else _served()
    for name in wanted:
        if running := _running(name):
            _end(running["pid"])
            say(f"Stopped the server of {name}.")
        elif options.database:
            say(f"No server of {name} is running.")
    if not options.database and postgres.stop():
        say("Stopped PostgreSQL.")
    return 0


def reset(options):
    """Drop the database and its files after saying so."""
    server = postgres.ensure(options)
    name = options.database
    if running := _running(name):
        _end(running["pid"])
    if name not in database.names(server):
        say(f"There is no database {name}.")
        return 0
    say(f"Dropping the database {name} and its files.")
    database.drop(server, name)
    _record(name).unlink(missing_ok=True)
    return 0


def _start(server, options):
    """Start Odoo; a worker count of 0 serves all from one process."""
    command = [environment.BIN / "odoo", "server", "-c", database.CONFIG]
    command += ["-d", options.database, f"--db-filter=^{options.database}$"]
    command += [f"--http-port={options.port}", f"--gevent-port={options.port + 3}"]
    command += [f"--workers={options.workers}", "--max-cron-threads=1"]
    LOGS.mkdir(parents=True, exist_ok=True)
    with _log(options.database).open("w") as log:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment.variables(server),
            start_new_session=True,
        )
    state = {"pid": process.pid, "port": options.port}
    _pid_file(options.database).write_text(json.dumps(state))
    return process


def _wait_until_ready(process, port, name):
    """Wait until the login page answers."""
    say("· starting the server ...")
    address = f"http://127.0.0.1:{port}/web/login"
    end = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            reason = last_error(_log(name).read_text())
            where = os.path.relpath(_log(name))
            raise Failure(f"The server stopped: {reason} (all of it: {where})")
        try:
            with urllib.request.urlopen(address, timeout=60):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise Failure(
        f"The server does not answer; its log is {os.path.relpath(_log(name))}."
    )


def _greet(name, options):
    """Print the address and the logins."""
    say(f"\nOdoo with the database {name}: http://127.0.0.1:{options.port}")
    say("  administrator: admin / admin")
    if _recorded(name).get("demo"):
        logins = ", ".join(demo_logins())
        say(f"  of the demo data, password = login: {logins or 'none'}")
    say("  languages: English, and Chinese in each user's preferences")
    if options.workers:
        say(
            "  with workers, live updates need a proxy that sends /websocket to port "
            f"{options.port + 3}"
        )
    say(f"  log: {os.path.relpath(_log(name))}")
    end = "./dev stop ends it" if options.background else "Ctrl+C ends it"
    say(f"  {end}; the data stay until ./dev reset")


def demo_logins():
    """The users that the demo data bring, who have their logins as passwords."""
    files = [file for addon in ADDONS for file in (ROOT / addon / "demo").glob("*.xml")]
    found = [login for file in files for login in DEMO_LOGIN.findall(file.read_text())]
    return list(dict.fromkeys(found))


def _attend(process, name):
    """Stay until the server ends, or end it when this is interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        say("\nStopping the server ...")
        _end(process.pid)
        code = 0
    _pid_file(name).unlink(missing_ok=True)
    return 1 if code else 0


def _end(pid):
    """End a server: kindly, and after ten seconds for certain."""
    try:
        os.kill(pid, signal.SIGTERM)
        for _tenth in range(100):
            if not _alive(pid):
                return
            time.sleep(0.1)
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _alive(pid):
    """Whether the process is ours and has not ended."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return "odoo" in file.read()
    except OSError:
        return False


def _running(name):
    """The process id and port of the database's server, if it runs."""
    try:
        state = json.loads(_pid_file(name).read_text())
    except (OSError, ValueError):
        return None
    return state if _alive(state["pid"]) else None


def _served():
    """The databases that have a file of a server."""
    return [path.stem.removeprefix("server-") for path in HOME.glob("server-*.json")]


def _pid_file(name):
    """Which process serves the database, and on which port."""
    return HOME / f"server-{name}.json"


def _log(name):
    """The log of the database's server."""
    return LOGS / f"server-{name}.log"


def _record(name):
    """With which content of the addons the database was made or upgraded."""
    return database.DATA / f"{name}.json"


def _recorded(name):
    """What _record holds, or nothing."""
    try:
        return json.loads(_record(name).read_text())
    except (OSError, ValueError):
        return {}


def _check_port(port):
    """Refuse a port that another program has."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Port {port} is not free ({error.strerror}): choose another "
                "with --port."
            ) from error
