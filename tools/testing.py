"""./dev test: pytest on a copy of a template database."""

import os
import shutil
import subprocess

from . import database, debian, environment, postgres
from .common import ROOT, Failure, say

MOST_JOBS = 4
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run(options, arguments):
    """Prepare everything, run pytest with the arguments and return its exit code."""
    if not options.no_browser:
        require_browser()
    environment.ensure(options.odoo, groups=["test"])
    server = postgres.ensure(options)
    base, full = database.templates(server)
    database.drop_abandoned(server)
    name = options.database or f"{database.PREFIX}_run_{os.getpid()}"
    if name in (base, full):
        raise Failure(f"{name} is a template: choose another --database.")
    with database.copied(server, full, name):
        return _pytest(server, name, base, full, options, arguments)


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
    # a few tests are sooner done than a second copy of the database
    jobs = options.jobs or (1 if arguments else min(os.cpu_count(), MOST_JOBS))
    if jobs > 1:
        # in the order of testpaths, not by the number of tests
        command += ["-n", str(jobs), "--dist=loadfile", "--no-loadscope-reorder"]
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
