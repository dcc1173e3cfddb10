from odoo import fields, models


class CrmResourceTargetResult(models.Model):
    """What was achieved in a closed month, whatever documents do later; the closing
    writes it and the reopening deletes it."""

    _name = "crm.resource.target.result"
    _description = "Result of a Closed Month"
    _inherit = "crm.resource.target.cell.mixin"
    _order = "date desc, company_id, team_id, user_id, measure, id"

    achieved = fields.Monetary(readonly=True)

    _unique = models.UniqueIndex(
        "(company_id, COALESCE(team_id, 0), COALESCE(user_id, 0), date, measure)",
        "A month is closed once.",
    )
    _date_idx = models.Index("(company_id, date, measure)")
