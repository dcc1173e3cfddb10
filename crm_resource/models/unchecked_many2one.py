from odoo import fields


class UncheckedMany2one(fields.Many2one):
    """A link without a foreign key, for tables that jobs fill.

    PostgreSQL checks foreign keys row by row, about 9 microseconds each, and locks the
    row that is linked to: when all customers move, that takes several times as long as
    computing and storing their levels. The model whose records are linked to tidies up
    when one of them goes.
    """

    def update_db_foreign_key(self, model, column):
        """Make none."""
