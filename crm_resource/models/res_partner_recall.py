from odoo import api, fields, models
from odoo.tools import SQL, format_date
from odoo.tools.i18n import format_list

from .res_partner import INTERNAL


class ResPartner(models.Model):
    """When the customer falls back to a public pool, and what would prevent it."""

    _inherit = "res.partner"

    date_recall = fields.Date(related="standing_id.date_recall", groups=INTERNAL)
    date_recall_warned = fields.Date(
        related="standing_id.date_recall_warned", groups=INTERNAL
    )
    recall_rule_id = fields.Many2one(
        related="standing_id.recall_rule_id", groups=INTERNAL
    )
    recall_days_left = fields.Integer(
        string="Days Left", compute="_compute_recall_days_left", groups=INTERNAL
    )
    recall_prevention = fields.Char(
        string="What Prevents It", compute="_compute_recall_prevention", groups=INTERNAL
    )
    recall_extension_ids = fields.One2many(
        "crm.resource.recall.extension",
        "partner_id",
        string="Extensions",
        groups=INTERNAL,
    )

    @api.depends("date_recall")
    def _compute_recall_days_left(self):
        today = fields.Date.context_today(self)
        for partner in self:
            partner.recall_days_left = (
                partner.date_recall and (partner.date_recall - today).days
            )

    @api.depends("date_recall", "recall_rule_id")
    @api.depends_context("lang")
    def _compute_recall_prevention(self):
        causes = self.filtered("date_recall")._get_recall_causes()
        # the words of a rule are no secret to whoever reads its customers
        words = self.env["crm.resource.recall.rule"].sudo()._get_recall_words()
        for partner in self:
            kinds = causes.get(partner._origin.id)
            if not partner.date_recall or not kinds:
                partner.recall_prevention = False
                continue
            needed = [words[kind][0] for kind in kinds if kind in words]
            # whatever the conditions, an extension helps
            if not needed or "protection" in kinds:
                needed = [self.env._("an extension")]
            is_all = partner.sudo().recall_rule_id.operator == "all"  # as above
            partner.recall_prevention = self.env._(
                "%(needed)s before %(day)s",
                needed=format_list(
                    self.env, needed, style="or" if is_all else "standard"
                ),
                day=format_date(self.env, partner.date_recall),
            )

    def _get_recall_causes(self):
        """Return the kinds of conditions that lead to the recall, by id of customer."""
        customers = self._origin
        if not customers:
            return {}
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT partner_id, causes FROM (%s) due",
                    self.env["crm.resource.recall.rule"]._get_recall_query(
                        fields.Date.context_today(self), partners=customers
                    ),
                )
            )
        )

    def action_ask_extension(self):
        """Open the request for more time with the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for an Extension"),
            "res_model": "crm.resource.recall.extension",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
