from contextlib import suppress
from itertools import count

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import TODAY, CrmResourceCommon

# what a column takes that must not be empty
FILLED = {
    "bool": False,
    "bytea": b"x",
    "date": TODAY,
    "float8": 1,
    "int4": 1,
    "jsonb": '{"en_US": "x"}',
    "numeric": 1,
    "text": "x",
    "timestamp": TODAY,
}
OURS = "crm_resource"


@tagged("post_install", "-at_install")
class TestBasePartnerMergeLinks(CrmResourceCommon):
    """Whatever told of the partner who is gone tells of the one who remains."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer("Kept")
        cls.double = cls._make_customer("Double")
        cls.numbers = count()
        cls.env.flush_all()

    def _merge(self):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | self.double).ids,
            dst_partner=self.customer,
            extra_checks=False,
        )
        self.env.invalidate_all()

    def _get_columns(self):
        """Return table and column of all that links to partners in fields of ours."""
        columns = set()
        for name in self.env.registry:
            model = self.env[name]
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                is_ours = any(module.startswith(OURS) for module in field._modules)
                if not (field.store and is_ours):
                    continue
                if field.type == "many2many" and name == "res.partner":
                    columns.add((field.relation, field.column1))
                if field.type == "many2many" and field.comodel_name == "res.partner":
                    columns.add((field.relation, field.column2))
                if field.type == "many2one" and field.comodel_name == "res.partner":
                    columns.add((model._table, field.name))
        return columns

    def test_the_merge_knows_every_column(self):
        columns = self._get_columns()
        self.assertGreater(len(columns), 15)
        known = self.env["base.partner.merge.automatic.wizard"]._get_fk_on(
            "res_partner"
        )
        # moved along by methods of their own, since they have no foreign keys
        past_sales = {
            (table, column)
            for table, column in columns
            if table.startswith("crm_resource_past_sale")
        }
        self.assertEqual(columns - {*map(tuple, known)} - past_sales, set())

    def _insert(self, table, column=None):
        """Insert a row that links to the double, all else as empty as it may be."""
        needed = self.env.execute_query(
            SQL(
                """
                SELECT col.column_name, col.udt_name, referred.relname
                  FROM information_schema.columns col
                  LEFT JOIN pg_constraint con
                         ON con.conrelid = col.table_name::regclass
                        AND con.contype = 'f'
                        AND con.conkey[1] = col.ordinal_position
                  LEFT JOIN pg_class referred ON referred.oid = con.confrelid
                 WHERE col.table_name = %s AND col.is_nullable = 'NO'
                   AND col.column_default IS NULL
                   AND col.column_name IS DISTINCT FROM %s
                """,
                table,
                column,
            )
        )
        values = {column: self.double.id} if column else {}
        for name, kind, referred in needed:
            values[name] = self._get_value(table, name, kind, referred)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s)",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )

    def _get_value(self, table, name, kind, referred):
        if referred == "res_partner":
            return self.double.id
        if referred:
            query = SQL("SELECT MIN(id) FROM %s", SQL.identifier(referred))
            [(found,)] = self.env.execute_query(query)
            if not found:
                self._insert(referred)
                [(found,)] = self.env.execute_query(query)
            return found
        for model in self.env.registry.values():
            field = model._table == table and model._fields.get(name)
            if isinstance(field, fields.Selection):
                return field.get_values(self.env)[0]
        if kind == "varchar":  # numbers are unique
            return f"x{next(self.numbers)}"
        return FILLED[kind]

    @mute_logger("odoo.sql_db")
    def test_nothing_tells_of_who_is_gone(self):
        columns = sorted(self._get_columns())
        # a choice has a text or a picture: no row without either is inserted below
        self.env["survey.question.answer"].create({"value": "Choice"}).flush_recordset()
        # an instalment has a day or a milestone
        self.env["crm.resource.contract"].create(
            {
                "subject": "Pumps",
                "partner_id": self.double.id,
                "instalment_ids": [
                    Command.create({"name": "All", "date_planned": TODAY})
                ],
            }
        ).flush_recordset()
        for table, column in columns:
            if table == "res_partner":
                continue
            # where a partner is named but once, the double is already; what asks for
            # more is made above
            missing = suppress(UniqueViolation, CheckViolation)
            with missing, self.env.cr.savepoint():
                self._insert(table, column)
            self.assertTrue(self._is_linked(table, column), (table, column))
        self._merge()
        self.assertFalse(self.double.exists())
        for table, column in columns:
            with self.subTest(table, column=column):
                self.assertFalse(self._is_linked(table, column))

    def _is_linked(self, table, column):
        query = SQL(
            "SELECT 1 FROM %s WHERE %s = %s LIMIT 1",
            SQL.identifier(table),
            SQL.identifier(column),
            self.double.id,
        )
        return bool(self.env.execute_query(query))
