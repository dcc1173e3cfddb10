from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html
from odoo.tools.mail import append_content_to_html


class CrmResourceBulkMessage(models.Model):
    """Winners of a draw get what they won, and their codes, by message."""

    _inherit = "crm.resource.bulk.message"

    draw_id = fields.Many2one(
        "crm.resource.draw",
        string="Winners Of",
        index="btree_not_null",
        check_company=True,
        help="It goes to those who won and have not redeemed it yet. What they won and "
        "their codes are added to the text.",
    )

    @api.model
    def _get_content_fields(self):
        return super()._get_content_fields() | {"draw_id"}

    def _get_candidates_query(self):
        if not self.draw_id:
            return super()._get_candidates_query()
        # whom the sender reaches, as in any other message
        reached = self._as_responsible(self.env["res.partner"])._search(
            self._get_typed_domain()
        )
        return SQL(
            """
            SELECT DISTINCT receiver.id AS partner_id, customer.id AS customer_id,
                   customer.user_id, customer.team_id, standing.level_id,
                   %(address)s AS address, %(reason)s AS reason
              FROM crm_resource_draw_winner winner
              JOIN res_partner receiver ON receiver.id = winner.partner_id
              JOIN res_partner customer ON customer.id = winner.customer_id
              LEFT JOIN crm_resource_standing standing
                ON standing.partner_id = customer.id
             WHERE winner.draw_id = %(draw)s AND winner.date_redeemed IS NULL
               AND customer.id IN %(reached)s
            """,
            address=self._get_address(),
            reason=self.env["crm.resource.care.rule"]._get_reason(self.channel),
            draw=self.draw_id.id,
            reached=reached.subselect(),
        )

    def _get_sending_lack(self):
        lack = super()._get_sending_lack()
        if not lack and self.draw_id and self.draw_id.state != "drawn":
            return self.env._("The draw was cancelled: its codes are not redeemed.")
        return lack

    def _get_prize_texts(self, partners):
        """Return what each of some partners won, in his language, by id."""
        texts = defaultdict(list)
        winners = self.env["crm.resource.draw.winner"].search(
            [
                ("draw_id", "=", self.draw_id.id),
                ("partner_id", "in", partners.ids),
                ("date_redeemed", "=", False),
            ],
            order="unit",
        )
        for winner in winners:
            texts[winner.partner_id.id].append(winner._get_prize_text())
        return {key: "\n".join(lines) for key, lines in texts.items()}

    def _render_mails(self, partners):
        rendered = super()._render_mails(partners)
        if self.draw_id:
            for key, text in self._get_prize_texts(partners).items():
                rendered[key]["body_html"] = append_content_to_html(
                    rendered[key].get("body_html") or "",
                    plaintext2html(text),
                    plaintext=False,
                )
        return rendered

    def _render_sms(self, partners):
        rendered = super()._render_sms(partners)
        if self.draw_id:
            for key, text in self._get_prize_texts(partners).items():
                rendered[key] = f"{rendered[key]}\n{text}"
        return rendered
