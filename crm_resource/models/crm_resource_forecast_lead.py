from odoo import fields, models


class CrmResourceForecast(models.Model):
    """How a forecast follows its opportunity."""

    _inherit = "crm.resource.forecast"

    def _follow_lead(self, status):
        """Close or reopen a forecast as its opportunity was.

        :param dict status: of the opportunity, as `crm.lead._handle_won_lost` has it
        """
        if status.get("is_won"):
            if self.state != "signed":
                self._follow_won()
        elif status.get("is_lost"):
            if self.state != "lost":
                self._take_step(
                    {
                        "state": "lost",
                        "lost_reason_id": self.lead_id.lost_reason_id.id,
                        "order_id": False,
                        "contract_id": False,
                        "date_closed": fields.Date.context_today(self),
                    }
                )
        elif self.state != "striving":
            self._reopen()

    def _follow_won(self):
        """Sign a forecast whose opportunity was won: with its order if there is just
        one, else somebody has to say which."""
        orders = self.lead_id.order_ids.filtered(
            lambda order: (
                order.state == "sale"
                and order.company_id == self.company_id
                and order.partner_id.commercial_partner_id == self.partner_id
            )
        )
        taken = self.search([("order_id", "in", orders.ids)]).order_id
        orders -= taken
        self._take_step(
            {
                "state": "signed",
                "order_id": orders.id if len(orders) == 1 else False,
                "lost_reason_id": False,
                "date_closed": fields.Date.context_today(self),
            }
        )
        if not self.order_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.user_id.id,
                summary=self.env._("Which order was signed?"),
                note=self.env._(
                    "The opportunity is won: choose the order that was signed."
                ),
            )
