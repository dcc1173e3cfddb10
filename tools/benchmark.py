"""./dev bench: the measurements, in a prepared environment."""

import subprocess

from . import database, environment, postgres
from .common import ROOT


def run(options, arguments):
    """Run the benchmarks package with the arguments; it makes its own databases."""
    environment.ensure(options.odoo)
    server = postgres.ensure(options)
    base, full = database.templates(server)
    env = environment.variables(server)
    env["CRM_RESOURCE_CONFIG"] = str(database.CONFIG)
    env["CRM_RESOURCE_BASE_TEMPLATE"] = base
    env["CRM_RESOURCE_TEMPLATE"] = full
    command = [environment.PYTHON, "-m", "benchmarks", *arguments]
    return subprocess.call([str(word) for word in command], cwd=ROOT, env=env)
