from odoo import fields, models

from .res_partner import MONEY_GROUPS
from .unchecked_many2one import UncheckedMany2one


class CrmResourceLevelChange(models.Model):
    _name = "crm.resource.level.change"
    _description = "Change of Customer Level"
    _inherit = "crm.resource.past.mixin"
    # as long as its sales reach back into the past
    _past_dates = ("date", "date_from")
    _past_user = "user_id"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _log_access = False  # a row is never changed

    partner_id = UncheckedMany2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True
    )
    policy_id = UncheckedMany2one(
        "crm.resource.level.policy", required=True, readonly=True
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    level_from_id = UncheckedMany2one(
        "crm.resource.level", string="Old Level", readonly=True
    )
    level_to_id = UncheckedMany2one(
        "crm.resource.level", string="New Level", readonly=True
    )
    date = fields.Date(required=True, readonly=True, help="The day of the evaluation.")
    date_from = fields.Date(string="Sales From", readonly=True)
    date_to = fields.Date(string="Sales To", readonly=True)
    turnover = fields.Monetary(readonly=True, groups=MONEY_GROUPS)
    purchasing_power = fields.Monetary(readonly=True)
    figure = fields.Float(
        digits=(16, 2),
        readonly=True,
        groups=MONEY_GROUPS,
        help="What decided: the turnover, or its share of the purchasing power in "
        "percent.",
    )
    is_manual = fields.Boolean(string="By Hand", readonly=True)
    currency_id = UncheckedMany2one("res.currency", readonly=True)
    user_id = UncheckedMany2one("res.users", string="By", readonly=True)
