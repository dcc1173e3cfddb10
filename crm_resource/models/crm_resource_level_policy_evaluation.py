from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CrmResourceLevelPolicy(models.Model):
    """A level by the total of the customer's latest evaluation."""

    _inherit = "crm.resource.level.policy"

    criterion = fields.Selection(
        selection_add=[("evaluation", "Total of an evaluation"), ("manual",)],
        ondelete={"evaluation": "set default"},
    )
    evaluation_scheme_id = fields.Many2one(
        "crm.resource.evaluation.scheme",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('target', '=', 'customer'),"
        " ('company_id', 'in', (company_id, False))]",
        help="The total of the latest evaluation by this scheme gives the level; "
        "customers without one have none.",
    )

    @api.constrains("criterion", "evaluation_scheme_id")
    def _check_evaluation_scheme_id(self):
        for policy in self:
            if policy.criterion == "evaluation" and not policy.evaluation_scheme_id:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” needs the scheme by which customers are "
                        "evaluated: choose it.",
                        policy=policy.name,
                    )
                )

    def _get_figure(self):
        if self.criterion != "evaluation":
            return super()._get_figure()
        total = SQL(
            """(SELECT evaluation.total::numeric
                  FROM crm_resource_evaluation evaluation
                 WHERE evaluation.scheme_id = %s AND evaluation.is_latest
                   AND evaluation.partner_id = customer.partner_id)""",
            self.evaluation_scheme_id.id,
        )
        return self._cut_figure(total)
