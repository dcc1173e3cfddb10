from odoo import api, models
from odoo.tools import SQL

from .crm_resource_audience import Reach


class CrmResourceColleagueMixin(models.AbstractModel):
    """A document that others than its salesperson take part in: the users of its field
    ``colleague_ids`` read it, whoever's customer it is about."""

    _name = "crm.resource.colleague.mixin"
    _inherit = "crm.resource.document.mixin"
    _description = "Document With Colleagues"

    @api.depends("colleague_ids")
    def _compute_audience_id(self):
        return super()._compute_audience_id()

    def _get_owners(self):
        return (*super()._get_owners(), tuple(sorted(self.colleague_ids.ids)))

    @api.model
    def _get_owners_source(self, partners):
        field = self._fields["colleague_ids"]
        return SQL(
            """
            SELECT document.id,
                   (document.owners::jsonb || JSONB_BUILD_ARRAY(COALESCE((
                        SELECT JSONB_AGG(rel.%(user)s ORDER BY rel.%(user)s)
                          FROM %(relation)s rel WHERE rel.%(document)s = document.id
                   ), '[]')))::text AS owners
              FROM (%(source)s) document
            """,
            user=SQL.identifier(field.column2),
            document=SQL.identifier(field.column1),
            relation=SQL.identifier(field.relation),
            source=super()._get_owners_source(partners),
        )

    @api.model
    def _get_reaches(self, owners):
        bases = {key: key[:-1] for key in owners}
        reaches = super()._get_reaches({*bases.values()})
        return {
            key: reaches[base] | Reach(readers=frozenset(key[-1]))
            for key, base in bases.items()
        }
