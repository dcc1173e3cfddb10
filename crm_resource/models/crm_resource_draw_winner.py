from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

REDEEMERS = "crm_resource.group_clerk,sales_team.group_sale_salesman"


class CrmResourceDrawWinner(models.Model):
    """Who won what, and the code by which it is redeemed once. Only code writes
    here."""

    _name = "crm.resource.draw.winner"
    _description = "Winner"
    _order = "draw_id desc, unit, id"
    _rec_name = "partner_id"

    draw_id = fields.Many2one(
        "crm.resource.draw",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="draw_id.company_id", store=True)
    prize_id = fields.Many2one(
        "crm.resource.draw.prize", required=True, readonly=True, ondelete="restrict"
    )
    unit = fields.Integer(string="Place", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Winner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    customer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    code = fields.Char(required=True, readonly=True)
    date_expiry = fields.Date(string="Redeem Until", readonly=True)
    date_redeemed = fields.Datetime(string="Redeemed On", readonly=True)
    redeemer_id = fields.Many2one("res.users", string="Redeemed By", readonly=True)

    _code_unique = models.UniqueIndex("(code)", "There is such a code already.")
    _unit_unique = models.Constraint("UNIQUE(draw_id, unit)", "Each prize is won once.")

    @api.model
    def _redeem(self, code):
        """Redeem a code; of several who do so at a time, one succeeds.

        :param str code: as the winner shows it
        :return: the winner, with all rights
        :raise UserError: if it cannot be redeemed
        """
        if not self.env.user.has_groups(REDEEMERS):
            raise AccessError(
                self.env._("Prizes are handed out by sales and market staff.")
            )
        code = (code or "").upper().replace(" ", "").replace("-", "")
        # whoever has the code in his hands may redeem it, whosever customer it is
        winner = self.sudo().search(
            [("code", "=", code), ("company_id", "in", self.env.companies.ids)]
        )
        if not winner:
            raise UserError(
                self.env._("There is no such code: compare it letter by letter.")
            )
        winner._check_redeemable()
        self.env.flush_all()
        done = self.env.execute_query(
            SQL(
                """
                UPDATE crm_resource_draw_winner
                   SET date_redeemed = %(now)s, redeemer_id = %(uid)s,
                       write_uid = %(uid)s, write_date = %(now)s
                 WHERE id = %(id)s AND date_redeemed IS NULL
             RETURNING id
                """,
                id=winner.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        winner.invalidate_recordset()
        if not done:
            winner._check_redeemable()
        return winner

    def _get_prize_text(self):
        """Return what was won, and the code, in the language of the winner."""
        self.ensure_one()
        winner = self.with_context(lang=self.partner_id.lang)
        values = {"prize": winner.prize_id.name, "code": winner.code}
        if not winner.date_expiry:
            return winner.env._("%(prize)s. Your code: %(code)s", **values)
        return winner.env._(
            "%(prize)s. Your code until %(day)s: %(code)s",
            day=format_date(winner.env, winner.date_expiry),
            **values,
        )

    def _check_redeemable(self):
        if self.date_redeemed:
            raise UserError(
                self.env._(
                    "The code was redeemed on %(day)s with %(person)s.",
                    day=fields.Datetime.context_timestamp(
                        self, self.date_redeemed
                    ).strftime("%Y-%m-%d %H:%M"),
                    person=self.redeemer_id.name,
                )
            )
        if self.draw_id.state != "drawn":
            raise UserError(
                self.env._("The draw was cancelled: its codes are not redeemed.")
            )
        if self.date_expiry and self.date_expiry < self.company_id._get_today():
            raise UserError(
                self.env._(
                    "The code was valid until %(day)s only.", day=self.date_expiry
                )
            )
