"""./dev test: pytest on a copy of a template database."""

import os
import re
import shutil
import subprocess

from . import database, debian, environment, postgres
from .common import ROOT, Failure, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run(options, arguments):
    """Prepare everything, run pytest with the arguments and return its exit code."""
    if not options.no_browser:
        require_browser()
    environment.ensure(options.odoo, groups=["test"])
    server = postgres.ensure(options)
    base, full = database.templates(server)
    _drop_abandoned(server)
    name = options.database or f"{database.PREFIX}_run_{os.getpid()}"
    if name in (base, full):
        raise Failure(f"{name} is a template: choose another --database.")
    _copy(server, full, name)
    try:
        return _pytest(server, name, base, full, options, arguments)
    finally:
        _drop(server, name)


def require_browser():
    """Install the browser and the PDF tools, or say how."""
    missing = []
    if not any(map(shutil.which, BROWSERS)):
        missing.append("chromium")
    if not shutil.which("pdftotext"):
        missing.append("poppler-utils")
    if missing:
        say(f"· installing {' and '.join(missing)} ...")
        debian.install(missing, "The browser and PDF tests need more than Python")


def _pytest(server, name, base, full, options, arguments):
    """Run pytest in an environment that tells tests how to call Odoo themselves."""
    command = [environment.BIN / "pytest", f"--odoo-config={database.CONFIG}"]
    command += [f"--odoo-database={name}"]
    command += [] if options.no_browser else ["--odoo-http"]
    command += ["-n", str(options.jobs), "--dist=loadfile"] if options.jobs > 1 else []
    env = environment.variables(server)
    env["CRM_RESOURCE_CONFIG"] = str(database.CONFIG)
    env["CRM_RESOURCE_BASE_TEMPLATE"] = base
    env["CRM_RESOURCE_TEMPLATE"] = full
    words = [str(word) for word in [*command, *arguments]]
    process = subprocess.Popen(words, cwd=ROOT, env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # pytest got it, too, and says what it had done so far


def _copy(server, full, name):
    """Copy the template while no other ./dev can drop it."""
    with database.lock("templates"):
        database.copy(server, full, name)


def _drop(server, name):
    """Drop the copy and what pytest-xdist made of it."""
    for other in database.names(server):
        if re.fullmatch(rf"{re.escape(name)}(-gw\d+)?", other):
            database.drop(server, other)


def _drop_abandoned(server):
    """Drop the copies of runs that were killed."""
    for name in database.names(server):
        found = re.match(rf"{database.PREFIX}_run_(\d+)", name)
        if found and not os.path.exists(f"/proc/{found[1]}"):
            database.drop(server, name)
