"""./dev lint: style, Odoo's and the OCA's rules, installation, translations."""

import os
import re
import subprocess

from . import database, environment, i18n, postgres, source_checks
from .common import ADDONS, ROOT, Failure, say, step

# Off: a model's topics have a file each.
PYLINT_OFF = "--disable=consider-merging-classes-inherited"
# Off: they want another XML header and eval around every number.
OCA_OFF = "--disable=xml-header-wrong,xml-field-numeric-without-eval"
# Odoo's own; not those that fail on Odoo itself or take minutes.
ODOO_TESTS = (
    "test_docstring",
    "test_dunderinit",
    "test_i18n",
    "test_index",
    "test_jstranslate",
    "test_naming",
    "test_override_signatures",
    "test_routes",
    "test_test_holes",
)
# Tells a finding about us from one about the addons we depend on.
OURS = re.compile(r"crm_resource|crm\.(resource|service|report)\b")

# Indexed all the same: the first column of a unique constraint.
INDEXED = re.compile(r"crm\.resource\.grade\.partner_id")


def run(options):
    """Run every check, also after one has failed, and name those that did."""
    environment.ensure(options.odoo, groups=["test", "lint"])
    failed = [what for what, command in _commands() if not _passes(what, command)]
    if not _clean_sources():
        failed.append("source checks")
    server = postgres.ensure(options)
    failed += _check_installed(server)
    say(f"\nlint: {', '.join(failed)} failed" if failed else "\nlint: all is well")
    return 1 if failed else 0


def _commands():
    """The linters that look at files only."""
    manifests = [f"{addon}/__manifest__.py" for addon in ADDONS]
    catalogues = [str(path.relative_to(ROOT)) for path in ROOT.glob("*/i18n/*.po*")]
    yield "ruff", ["ruff", "check", "--output-format=concise", "."]
    yield "ruff format", ["ruff", "format", "--check", "--output-format=concise", "."]
    if ADDONS:
        yield "pylint-odoo", ["pylint", "--rcfile=pyproject.toml", PYLINT_OFF, *ADDONS]
        yield "OCA checks", ["oca-checks-odoo-module", OCA_OFF, *manifests]
    if catalogues:
        yield "OCA checks of .po files", ["oca-checks-po", *catalogues]


def _passes(what, command):
    """Run one linter, which prints its findings itself."""
    say(f"· {what}")
    words = [str(environment.BIN / command[0]), *command[1:]]
    return subprocess.call(words, cwd=ROOT, stdin=subprocess.DEVNULL) == 0


def _clean_sources():
    """Our own checks of every file."""
    say("· source checks")
    found = list(source_checks.findings())
    for finding in found:
        say(finding)
    return not found


def _check_installed(server):
    """Install without and with demo data, then look at what was installed."""
    failed = []
    for demo in (False, True):
        what = "installation with demo data" if demo else "installation"
        say(f"· {what}")
        try:
            _base, full = database.templates(server, demo=demo)
        except Failure as failure:
            say(str(failure))
            failed.append(what)
            if not demo:
                return failed
    _base, full = database.templates(server)
    with database.copied(server, full, f"{database.PREFIX}_run_{os.getpid()}") as name:
        say("· translations")
        if i18n.process(server, name, "check"):
            failed.append("translations")
        if not _odoo_tests(server, name):
            failed.append("Odoo's lint tests")
    return failed


def _odoo_tests(server, name):
    """Run Odoo's own lint tests; only what they find in our addons counts."""
    addons = environment.odoo_folder() / "odoo" / "addons"
    folder = addons / "test_lint" / "tests"
    files = [folder / f"{test}.py" for test in ODOO_TESTS]
    files = [file for file in files if file.exists()]
    if not files:
        say("· this Odoo comes without its lint tests")
        return True
    command = [environment.BIN / "pytest", "-c", os.devnull, f"--rootdir={addons}"]
    command += ["--import-mode=importlib", "-p", "no:cacheprovider", "--tb=short"]
    command += [f"--odoo-config={database.CONFIG}", f"--odoo-database={name}", *files]
    with step("Odoo's lint tests"):
        done = subprocess.run(
            [str(word) for word in command],
            capture_output=True,
            text=True,
            cwd=addons,
            env={**environment.variables(server), "COLUMNS": "400"},
            check=False,
        )
    if done.returncode not in (0, 1):
        say(done.stdout + done.stderr)
        return False
    return not _ours(done.stdout)


def _ours(output):
    """Print and return pytest's lines about failures that name something of ours."""
    found = [
        line
        for line in output.replace(str(ROOT), "").splitlines()
        if re.match(r"E  |SUBFAILED", line)
        and OURS.search(line)
        and not INDEXED.search(line)
    ]
    for line in found:
        say(line)
    return found
