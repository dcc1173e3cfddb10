from odoo import fields, models

from .res_partner import MONEY_GROUPS
from .unchecked_many2one import UncheckedMany2one


class CrmResourceGrade(models.Model):
    """The level of a customer by a policy that does not lead."""

    _name = "crm.resource.grade"
    _description = "Further Customer Grade"
    _inherit = "crm.resource.past.mixin"
    _past_dates = ()  # since when its sales are is not known
    _order = "partner_id, policy_id"
    _rec_name = "level_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    policy_id = UncheckedMany2one(
        "crm.resource.level.policy", required=True, readonly=True
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    level_id = UncheckedMany2one("crm.resource.level", readonly=True)
    date_level = fields.Date(string="Since", readonly=True)
    turnover = fields.Monetary(readonly=True, groups=MONEY_GROUPS)
    figure = fields.Float(digits=(16, 2), readonly=True, groups=MONEY_GROUPS)
    currency_id = fields.Many2one(related="policy_id.currency_id")

    _partner_policy_unique = models.Constraint(
        "UNIQUE(partner_id, policy_id)",
        "A customer has one grade for each policy.",
    )
