from odoo import fields, models


class CrmLostReason(models.Model):
    _inherit = "crm.lost.reason"

    is_note_required = fields.Boolean(
        string="Ask for Words",
        help="The reason says nothing by itself: whoever loses a forecast writes why.",
    )
