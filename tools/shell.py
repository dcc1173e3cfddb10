"""Odoo's shell, and work on the database that goes through it."""

import os
from pathlib import Path

from . import database, environment, postgres, server
from .common import Failure


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
    """Import a file of past sales, as the dialog does."""
    file = Path(options.file).resolve()
    if not file.is_file():
        raise Failure(f"There is no file {options.file}.")
    found = _open(options)
    code = f"env['crm.resource.past.sale.import']._import_file({str(file)!r})"
    database.script(found, options.database, code, "The import", show=True)
    return 0
