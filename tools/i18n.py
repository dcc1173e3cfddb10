"""Translations: the terms of the addons, their .pot files and zh_CN.po."""

import os
import shutil
import subprocess

from . import database, environment, postgres
from .common import ADDONS, HOME, ROOT

EXPORTED = HOME / "terms"
EXPORT = """
from odoo.tools.translate import trans_export

for addon in {addons!r}:
    with open(f"{folder}/{{addon}}.pot", "wb") as file:
        trans_export(None, [addon], file, "po", env)
"""


def update(options):
    """./dev i18n: renew every .pot and merge it into zh_CN.po."""
    environment.ensure(options.odoo)
    server = postgres.ensure(options)
    _base, full = database.templates(server)
    with database.copied(server, full, f"{database.PREFIX}_run_{os.getpid()}") as name:
        return process(server, name, "update")


def process(server, name, action):
    """Export the terms from a database, then check or update the files."""
    shutil.rmtree(EXPORTED, ignore_errors=True)
    EXPORTED.mkdir(parents=True)
    code = EXPORT.format(addons=ADDONS, folder=EXPORTED)
    database.script(server, name, code, "Exporting the terms")
    command = [environment.PYTHON, "-m", "tools.po_files", action, EXPORTED, *ADDONS]
    return subprocess.call([str(word) for word in command], cwd=ROOT)
