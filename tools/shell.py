"""Odoo's shell, and work on the database that goes through it."""

import os
from pathlib import Path

from . import database, environment, postgres, server
from .common import Failure

# Reads what it was given from the variable of the line before it.
IMPORT_SCRIPT = Path(__file__).with_name("scripts") / "import_past_sales.py"


def _open(options):
    """Make the database ready and return the PostgreSQL server."""
    environment.ensure(options.odoo)
    found = postgres.ensure(options)
    database.write_config()
    server.prepare(found, options.database)
    return found


def run(options):
    """Give the terminal to Odoo's shell."""
    found = _open(options)
    script = str(environment.BIN / "odoo")
    words = [script, "shell", "-c", str(database.CONFIG), "-d", options.database]
    os.execve(script, [*words, "--no-http"], environment.variables(found))


def import_past_sales(options):
    """Import a file of past sales as the dialog does, and print what was done."""
    file = Path(options.file).resolve()
    if not file.is_file():
        raise Failure(f"There is no file {options.file}.")
    given = {
        "path": str(file),
        "columns": _pairs(options.column, "--column"),
        "options": _pairs(options.set, "--set"),
        "currency": options.currency,
        "refused_path": f"{file.name}.refused.csv",
    }
    found = _open(options)
    code = f"given = {given!r}\n{IMPORT_SCRIPT.read_text()}"
    database.script(found, options.database, code, "The import", show=True)
    return 0


def _pairs(texts, option):
    """NAME=VALUE texts as a dict."""
    wrong = [text for text in texts if "=" not in text]
    if wrong:
        raise Failure(f"{option} {wrong[0]}: write NAME=VALUE.")
    return dict(text.split("=", 1) for text in texts)
