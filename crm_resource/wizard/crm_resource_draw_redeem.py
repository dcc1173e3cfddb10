from odoo import fields, models


class CrmResourceDrawRedeem(models.TransientModel):
    """A winner shows his code."""

    _name = "crm.resource.draw.redeem"
    _description = "Redeem a Code"

    code = fields.Char(required=True)

    def action_redeem(self):
        """Redeem the code, and say what the winner gets."""
        self.ensure_one()
        self.check_access("write")
        winner = self.env["crm.resource.draw.winner"]._redeem(self.code)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "message": self.env._(
                    "%(winner)s gets: %(prize)s",
                    winner=winner.partner_id.display_name,
                    prize=winner.prize_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
