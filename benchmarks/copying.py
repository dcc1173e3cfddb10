"""Rows in bulk: copies of a template row, without the checks of every single row."""

import contextlib

from odoo.tools import SQL


@contextlib.contextmanager
def without_checks(cr, tables):
    """Take foreign keys and indexes off the tables and put them back afterwards: that
    checks all rows at once, and is several times faster than row by row."""
    cr.execute(
        SQL(
            """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
              FROM pg_constraint
             WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
            """,
            list(tables),
        )
    )
    keys = cr.fetchall()
    cr.execute(
        SQL(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
              FROM pg_index
             WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (
                   SELECT FROM pg_constraint WHERE conindid = indexrelid)
            """,
            list(tables),
        )
    )
    indexes = cr.fetchall()
    for table, key, _definition in keys:
        name = SQL.identifier(table)
        cr.execute(SQL("ALTER TABLE %s DROP CONSTRAINT %s", name, SQL.identifier(key)))
    for index, _definition in indexes:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
    yield
    for _index, definition in indexes:
        cr.execute(SQL(definition.replace("%", "%%")))
    for table, key, definition in keys:
        cr.execute(
            SQL(
                "ALTER TABLE %s ADD CONSTRAINT %s %s",
                SQL.identifier(table),
                SQL.identifier(key),
                SQL(definition.replace("%", "%%")),
            )
        )


def insert_like(cr, table, template_id, values, source):
    """Insert copies of one row, other in some columns, for each row of a source.

    :param dict values: SQL expression over the source by column
    :param str source: FROM clause
    """
    cr.execute(
        SQL(
            """SELECT column_name FROM information_schema.columns
                WHERE table_name = %s AND table_schema = 'public'""",
            table,
        )
    )
    columns = [column for (column,) in cr.fetchall()]
    if unknown := values.keys() - set(columns):
        raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s template, %s WHERE template.id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(
                SQL(values[column].replace("%", "%%"))
                if column in values
                else SQL.identifier("template", column)
                for column in columns
            ),
            SQL.identifier(table),
            SQL(source),
            template_id,
        )
    )
    if "id" in columns:
        cr.execute(
            SQL(
                "SELECT SETVAL(PG_GET_SERIAL_SEQUENCE(%s, 'id'), MAX(id)) FROM %s",
                table,
                SQL.identifier(table),
            )
        )


def get_last_id(cr, table):
    """The highest id of a table."""
    cr.execute(SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table)))
    return cr.fetchone()[0]
