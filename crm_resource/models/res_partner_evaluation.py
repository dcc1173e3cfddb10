from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner import INTERNAL
from .res_partner_page_count import PageCount


class ResPartner(models.Model):
    """How the partner was evaluated."""

    _inherit = "res.partner"

    evaluation_ids = fields.One2many(
        "crm.resource.evaluation", "partner_id", string="Evaluations", groups=INTERNAL
    )
    evaluation_grade_ids = fields.Many2many(
        "crm.resource.evaluation.grade",
        string="Evaluated As",
        compute="_compute_evaluation_grade_ids",
        search="_search_evaluation_grade_ids",
        groups=INTERNAL,
        help="The grade of the latest evaluation by each scheme.",
    )
    evaluation_count = fields.Integer(
        string="Number of Evaluations",
        compute="_compute_page_counts",
        groups=INTERNAL,
    )

    @api.depends("evaluation_ids.is_latest", "evaluation_ids.grade_id")
    def _compute_evaluation_grade_ids(self):
        latest = self.env["crm.resource.evaluation"].search(
            [("partner_id", "in", self.ids), ("is_latest", "=", True)]
        )
        for partner in self:
            own = latest.filtered(
                lambda one, own=partner: one.partner_id == own._origin
            )
            partner.evaluation_grade_ids = own.grade_id

    def _search_evaluation_grade_ids(self, operator, value):
        return Domain(
            "evaluation_ids",
            "any",
            Domain("is_latest", "=", True) & Domain("grade_id", operator, value),
        )

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "evaluation_count": PageCount("crm.resource.evaluation"),
        }

    @api.readonly
    def action_open_evaluations(self):
        """Open the evaluations of the partner."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_evaluation_action"
            ),
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }
