"""./dev core-tests: the ERP's own tests, without and with the addons."""

import os
import re
import socket
import subprocess
from pathlib import Path

from . import database, environment, postgres
from .common import LOGS, Failure, say, step

SCRIPT = Path(__file__).with_name("scripts") / "odoo_tests.py"
TAGS = (
    *("/base:TestPartner", "/base:TestPartnerForm", "/base:TestPartnerAddressCompany"),
    *("/base:TestPartnerRecursion", "/base:TestMergePartner"),
    *("/sales_team", "/crm", "/sale", "/sale_crm"),
    *("/account:TestAccountMoveOutInvoiceOnchanges", "/account:TestAccountMoveSend"),
    *("/account:TestAccountMoveOutRefundOnchanges", "/account:TestAccountPartner"),
    *("/account:TestAccountInvoiceReport", "/account:TestMergePartner"),
    "-crm_performance",
)
SET_REACH = "env['crm.resource.audience']._enforce({})"
FAILED = re.compile(
    r" ERROR \S+ odoo\.(?:addons\.(\w+)\.)?tests\.\S+: (?:FAIL|ERROR): (.+)$",
    re.MULTILINE,
)
DONE = re.compile(r"(\d+) post-tests in")


def run(options):
    """Run the tests on three databases and print what fails where."""
    environment.ensure(options.odoo)
    _check_sources()
    server = postgres.ensure(options)
    base, full = database.templates(server)
    tags = options.tags or ",".join(TAGS)
    failed = {
        "without the addons": _run(server, base, tags, "base"),
        "with the addons, visibility off": _run(
            server, full, tags, "off", SET_REACH.format(False)
        ),
        "with the addons, visibility on": _run(
            server, full, tags, "on", SET_REACH.format(True)
        ),
    }
    own, off, on = failed.values()
    for title, found in (
        *failed.items(),
        ("new with the addons, visibility off", off - own),
        ("new with the addons, visibility on", on - own),
        ("with visibility on but not off", on - off),
        ("with visibility off but not on", off - on),
    ):
        say(f"\n{title}: {len(found)}")
        for name in sorted(found):
            say(f"  {name}")
    return 0


def _check_sources():
    """Some distributions leave the tests out."""
    addons = environment.odoo_folder() / "odoo" / "addons"
    core = addons if (addons / "sale").exists() else addons.parents[1] / "addons"
    if not (core / "sale" / "tests").exists():
        raise Failure(
            "This Odoo comes without its tests: give one that has them by --odoo."
        )


def _run(server, template, tags, kind, code=None):
    """Run the tests on a copy of a template and return the names of those that fail."""
    name, log = f"{database.PREFIX}_run_{os.getpid()}", LOGS / f"core-tests-{kind}.log"
    with database.copied(server, template, name), step(f"core tests ({kind})"):
        if code:
            database.script(server, name, code)
        command = [environment.PYTHON, SCRIPT, "server", "-c", database.CONFIG]
        command += ["-d", name, "--stop-after-init", "--test-tags", tags]
        command += ["--http-port", _free_port()]
        LOGS.mkdir(parents=True, exist_ok=True)
        with log.open("w") as file:
            subprocess.call(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=environment.variables(server),
            )
    text = log.read_text(errors="replace")
    if not (done := DONE.search(text)):
        raise Failure(f"The tests did not run (all of it: {os.path.relpath(log)}).")
    say(f"  {done[1]} tests (all of it: {os.path.relpath(log)})")
    return {f"{module} {test}".strip() for module, test in FAILED.findall(text)}


def _free_port():
    """Odoo listens while it tests, whatever it is told."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
