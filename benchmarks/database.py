"""The databases of the benchmarks: copies of templates, one registry each.

``./dev bench`` gives, by environment variables, the file of settings and the names of
two templates: with what the addons depend on, and with the addons.
"""

import contextlib
import os
import sys

import psycopg2
from psycopg2 import sql

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

# one core, and no compiling in between: a floor is the floor of one core
SETTINGS = {"jit": "off", "max_parallel_workers_per_gather": "0"}


def configure():
    """Read the settings of Odoo that ``./dev`` wrote."""
    path = os.environ.get("CRM_RESOURCE_CONFIG")
    if not path:
        sys.exit("Call the benchmarks by ./dev bench, which prepares what they need.")
    config.parse_config(
        ["-c", path, "--no-http", "--log-level=error"], setup_logging=True
    )


def full_template():
    """The name of the database with the addons."""
    return os.environ["CRM_RESOURCE_TEMPLATE"]


def base_template():
    """The name of the database with what the addons depend on."""
    return os.environ["CRM_RESOURCE_BASE_TEMPLATE"]


@contextlib.contextmanager
def connection(name="postgres"):
    """A plain connection in autocommit mode."""
    connected = psycopg2.connect(dbname=name)
    connected.autocommit = True
    try:
        yield connected.cursor()
    finally:
        connected.close()


def names(prefix):
    """The databases whose names begin so."""
    with connection() as cr:
        cr.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,)
        )
        return sorted(name for (name,) in cr.fetchall())


def drop(name):
    """Drop a database, and forget its registry."""
    Registry.delete(name)
    close_db(name)
    with connection() as cr:
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        cr.execute(command.format(sql.Identifier(name)))


def copy(source, name):
    """Copy a database and set it up for measuring."""
    drop(name)
    close_db(source)
    with connection() as cr:
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        cr.execute(command.format(sql.Identifier(name), sql.Identifier(source)))
        for setting, value in SETTINGS.items():
            command = sql.SQL("ALTER DATABASE {} SET {} = {}").format(
                sql.Identifier(name), sql.Identifier(setting), sql.Literal(value)
            )
            cr.execute(command)


def rename(name, new):
    """Give a database another name."""
    close_db(name)
    Registry.delete(name)
    with connection() as cr:
        command = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        cr.execute(command.format(sql.Identifier(name), sql.Identifier(new)))


def vacuum(name, *tables):
    """Clean and analyse tables, all of them if none is named."""
    with connection(name) as cr:
        for table in tables or [None]:
            cr.execute(
                sql.SQL("VACUUM ANALYZE {}").format(
                    sql.Identifier(table) if table else sql.SQL("")
                )
            )


@contextlib.contextmanager
def environment(name):
    """An environment of the superuser; what is not committed is rolled back."""
    with Registry(name).cursor() as cr:
        try:
            yield Environment(cr, SUPERUSER_ID, {})
        finally:
            cr.rollback()
    close_db(name)
