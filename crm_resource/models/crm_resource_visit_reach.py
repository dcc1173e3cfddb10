from odoo import api, models
from odoo.tools import SQL

from .crm_resource_audience import Reach


class CrmResourceVisit(models.Model):
    """Colleagues who join a visit read it, whoever's customer it is."""

    _inherit = "crm.resource.visit"

    @api.depends("colleague_ids")
    def _compute_audience_id(self):
        return super()._compute_audience_id()

    def _get_owners(self):
        return (*super()._get_owners(), tuple(sorted(self.colleague_ids.ids)))

    @api.model
    def _get_owners_source(self, partners):
        return SQL(
            """
            SELECT visit.id,
                   (visit.owners::jsonb || JSONB_BUILD_ARRAY(COALESCE((
                        SELECT JSONB_AGG(rel.res_users_id ORDER BY rel.res_users_id)
                          FROM crm_resource_visit_colleague_rel rel
                         WHERE rel.crm_resource_visit_id = visit.id
                   ), '[]')))::text AS owners
              FROM (%s) visit
            """,
            super()._get_owners_source(partners),
        )

    @api.model
    def _get_reaches(self, owners):
        bases = {key: key[:-1] for key in owners}
        reaches = super()._get_reaches({*bases.values()})
        return {
            key: reaches[base] | Reach(readers=frozenset(key[-1]))
            for key, base in bases.items()
        }
