from odoo import fields, models


class CrmStage(models.Model):
    """What an opportunity needs to go on from a stage."""

    _inherit = "crm.stage"

    is_plan_required = fields.Boolean(
        string="Required Steps First",
        help="An opportunity leaves the stage forwards only when the required steps of "
        "its development plan that belong before that are done.",
    )
    is_approval_required = fields.Boolean(
        string="Approval First",
        help="An opportunity leaves the stage forwards only when that was asked for, "
        "and approved.",
    )
    is_key = fields.Boolean(
        string="Key Stage",
        help="Managers see at a glance which opportunities have reached it.",
    )
