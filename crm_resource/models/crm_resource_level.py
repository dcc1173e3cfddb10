from odoo import api, fields, models
from odoo.tools import SQL

# links to levels without foreign keys
UNCHECKED_LINKS = [
    ("crm.resource.standing", "level_id"),
    ("crm.resource.grade", "level_id"),
    ("crm.resource.level.change", "level_from_id"),
    ("crm.resource.level.change", "level_to_id"),
]


class CrmResourceLevel(models.Model):
    _name = "crm.resource.level"
    _description = "Customer Level"
    _order = "policy_id, sequence, limit_from desc, id"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        "crm.resource.level.policy",
        required=True,
        index=True,
        ondelete="cascade",
    )
    criterion = fields.Selection(related="policy_id.criterion")
    company_id = fields.Many2one(related="policy_id.company_id")
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    limit_from = fields.Float(
        string="From",
        digits=(16, 2),
        help="The level begins here, this value included. The lowest level also takes "
        "what lies below it.",
    )
    limit_to = fields.Float(
        string="Up To",
        digits=(16, 2),
        help="The level ends here, this value excluded. 0: it has no upper end.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        domain="['|', ('company_id', '=', False), ('company_id', '=?', company_id)]",
        index="btree_not_null",
        help="Applies to customers of this level who have no pricelist of their own.",
    )
    contact_days = fields.Integer(
        string="Contact Every (Days)",
        help="How often customers of this level, their leads and opportunities are to "
        "be followed up. 0: once in each month.",
    )
    visit_number = fields.Integer(
        string="Visits Due",
        help="How many visits customers of this level are due in the period. 0: none.",
    )
    visit_period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        string="In Each",
        required=True,
        default="quarter",
    )

    churn_months = fields.Integer(
        string="Churn After (Months)",
        help="Months without a purchase after which a customer of this level is about "
        "to be lost. 0: as the settings say.",
    )

    _name_unique = models.Constraint(
        "UNIQUE(policy_id, name)",
        "Two levels of a policy cannot bear the same name.",
    )
    _check_contact_days = models.Constraint(
        "CHECK(contact_days >= 0)",
        "Days cannot be negative: enter 0 for once in each month.",
    )
    _check_visit_number = models.Constraint(
        "CHECK(visit_number >= 0)",
        "Visits cannot be negative: enter 0 if none are due.",
    )
    _check_churn_months = models.Constraint(
        "CHECK(churn_months >= 0)",
        "Months cannot be negative: enter 0 for those of the settings.",
    )

    @api.constrains("policy_id")
    def _check_policy_id(self):
        """It is not moved to where the person may not keep it."""
        self.sudo(False).check_access("write")  # constraints are checked as root

    @api.constrains("limit_from", "limit_to", "policy_id")
    def _check_limits(self):
        """Levels are edited together: the policy looks at them once all edits are
        done.
        """
        self._check_policy_later()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_gap(self):
        self._check_policy_later()

    def unlink(self):
        """Take levels that go off their customers and out of the history."""
        ids = self.ids
        self.env.flush_all()
        result = super().unlink()
        for model, name in UNCHECKED_LINKS:
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s SET %(column)s = NULL
                        WHERE %(column)s = ANY(%(ids)s)""",
                    table=SQL.identifier(self.env[model]._table),
                    column=SQL.identifier(name),
                    ids=ids,
                )
            )
        self.env.invalidate_all(flush=False)
        return result

    def _check_policy_later(self):
        policies = self.policy_id
        self.env.cr.precommit.add(lambda: policies.exists()._check_level_ids())
