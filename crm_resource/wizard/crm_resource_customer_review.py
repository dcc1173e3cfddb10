from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = {"approve": "approved", "return": "returned", "reject": "rejected"}


class CrmResourceCustomerReview(models.TransientModel):
    """A reviewer's decision about customers."""

    _name = "crm.resource.customer.review"
    _description = "Review of Customers"

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    decision = fields.Selection(
        [
            ("approve", "Approve"),
            ("return", "Send back"),
            ("reject", "Reject"),
            ("terminate", "Terminate"),
        ],
        required=True,
        default="approve",
    )
    note = fields.Text(
        string="Reason",
        help="What is to be corrected, why the customer is rejected, or what holds for "
        "him.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    credit_limit = fields.Monetary(help="0: none.")
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
    pricelist_id = fields.Many2one("product.pricelist", check_company=True)
    leading_policy_id = fields.Many2one(
        "crm.resource.level.policy", compute="_compute_leading_policy_id"
    )
    level_id = fields.Many2one(
        "crm.resource.level",
        string="Level by Hand",
        domain="[('policy_id', '=', leading_policy_id)]",
    )
    date_level_end = fields.Date(string="Level Until")

    @api.depends("partner_ids")
    def _compute_leading_policy_id(self):
        for review in self:
            policies = review.partner_ids.leading_policy_id
            review.leading_policy_id = policies if len(policies) == 1 else False

    def action_decide(self):
        """Apply the decision, with its conditions.

        :raise AccessError: if the user is no reviewer
        :raise UserError: if a reason is missing
        """
        self.ensure_one()
        self.partner_ids.check_access("write")
        if self.decision != "approve" and not (self.note or "").strip():
            raise UserError(
                self.env._("Give a reason: it tells the others what to do now.")
            )
        if self.decision == "terminate":
            self.partner_ids._terminate(self.note)
            return
        conditions = self._prepare_conditions() if self.decision == "approve" else {}
        if conditions:
            self.partner_ids._check_reviewer_access({"approved"})
            # the limit of credit is a field of accountants; a reviewer grants it
            customers = self.partner_ids.sudo().with_company(self.company_id)
            customers.write(conditions)
        notes = [*self._describe_conditions(conditions), (self.note or "").strip()]
        self.partner_ids._decide(
            STATES[self.decision], "\n".join(filter(None, notes)) or False
        )

    def _prepare_conditions(self):
        """Return the values that customers are given with the approval."""
        values = {
            "credit_limit": self.credit_limit,
            "property_payment_term_id": self.payment_term_id.id,
            "specific_property_product_pricelist": self.pricelist_id.id,
            "manual_level_id": self.level_id.id,
            "date_manual_level_end": self.level_id and self.date_level_end,
        }
        values = {name: value for name, value in values.items() if value}
        if "credit_limit" in values:
            values["use_partner_credit_limit"] = True
        return values

    def _describe_conditions(self, conditions):
        shown = {
            "credit_limit": ("credit_limit", self.currency_id.format),
            "property_payment_term_id": ("payment_term_id", None),
            "specific_property_product_pricelist": ("pricelist_id", None),
            "manual_level_id": ("level_id", None),
        }
        for name, (field, convert) in shown.items():
            if name in conditions:
                label = self._fields[field].get_description(self.env, ["string"])
                value = self[field]
                text = convert(value) if convert else value.display_name
                yield self.env._(
                    "%(label)s: %(value)s", label=label["string"], value=text
                )
