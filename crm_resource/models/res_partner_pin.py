from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner import INTERNAL


class ResPartner(models.Model):
    """Everybody pins the customers he works on."""

    _inherit = "res.partner"

    is_pinned = fields.Boolean(
        compute="_compute_is_pinned", search="_search_is_pinned", groups=INTERNAL
    )

    @api.depends_context("uid")
    def _compute_is_pinned(self):
        self.env["crm.resource.pin"].flush_model(["partner_id", "user_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id FROM crm_resource_pin
                 WHERE user_id = %s AND partner_id = ANY(%s)
                """,
                self.env.uid,
                self.ids,
            )
        )
        pinned = {partner for (partner,) in rows}
        for partner in self:
            partner.is_pinned = partner._origin.id in pinned

    def _search_is_pinned(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        pins = self.env["crm.resource.pin"]._search(
            Domain("user_id", "=", self.env.uid)
        )
        return Domain("id", "in", pins.subselect("partner_id"))

    def action_toggle_pin(self):
        """Pin customers, or take back one's pins if all of them are pinned."""
        self.check_access("read")
        pins = self.env["crm.resource.pin"].search(
            [("user_id", "=", self.env.uid), ("partner_id", "in", self.ids)]
        )
        loose = self - pins.partner_id
        if loose:
            pins.create([{"partner_id": partner.id} for partner in loose])
        else:
            pins.unlink()
        self.invalidate_recordset(["is_pinned"])
        return True
