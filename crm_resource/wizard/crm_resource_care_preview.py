from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.crm_resource_care import REASONS
from ..models.crm_resource_care_rule import CHANNELS, OCCASIONS

# days that are shown unless others are chosen, and the most that may be
USUAL = 30
LONGEST = 366


class CrmResourceCarePreview(models.TransientModel):
    """What rules of care will do for whom, as far as the person reaches them."""

    _name = "crm.resource.care.preview"
    _description = "Preview of Care"

    rule_id = fields.Many2one(
        "crm.resource.care.rule",
        ondelete="cascade",
        help="Empty: all running rules.",
    )
    date_from = fields.Date(
        string="First Day", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        string="Last Day",
        required=True,
        default=lambda self: fields.Date.add(
            fields.Date.context_today(self), days=USUAL - 1
        ),
    )

    def action_preview(self):
        """List what would be done, if nothing happens until then."""
        self.ensure_one()
        self.check_access("write")
        self._check_days()
        rules = self.rule_id or self.env["crm.resource.care.rule"].search(
            [("state", "=", "running")]
        )
        rules.check_access("read")
        self._clear()
        reached = self.env["res.partner"]._search([("customer_state", "!=", False)])
        for rule in rules:
            # the rule matches all customers; only those whom one reaches are shown
            query = rule.sudo()._get_due_query(self.date_from, self.date_to)
            if query is not None:
                self._insert(rule, query, reached)
        self.env["crm.resource.care.preview.line"].invalidate_model()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_care_preview_line_action"
            ),
            "domain": [("preview_id", "=", self.id)],
        }

    def _check_days(self):
        """Check that the days lie ahead.

        :raise UserError: if not
        """
        today = fields.Date.context_today(self)
        if self.date_from < today:
            raise UserError(
                self.env._(
                    "What was done stands in the log of care: choose today or a day to "
                    "come."
                )
            )
        if self.date_to < self.date_from:
            raise UserError(
                self.env._("The last day lies before the first: correct it.")
            )
        if self.date_to > fields.Date.add(today, days=LONGEST):
            raise UserError(
                self.env._("A preview goes one year ahead: choose an earlier day.")
            )

    def _clear(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM crm_resource_care_preview_line WHERE preview_id = %s",
                self.id,
            )
        )

    def _insert(self, rule, query, reached):
        """Keep the rows that are not in the log already."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_care_preview_line (
                    preview_id, rule_id, occasion, channel, currency_id, partner_id,
                    customer_id, user_id, label, date_occasion, date_planned,
                    product_id, gift, amount, reason, create_uid, create_date,
                    write_uid, write_date
                )
                SELECT %(id)s, %(rule)s, %(occasion)s, %(channel)s, %(currency)s,
                       due.partner_id, due.customer_id, due.user_id,
                       NULLIF(due.label, ''), due.date_occasion, due.date_planned,
                       due.product_id, due.gift, due.amount, due.reason, %(uid)s,
                       %(now)s, %(uid)s, %(now)s
                  FROM (%(query)s) due
                 WHERE due.customer_id IN %(reached)s
                   AND NOT EXISTS (
                       SELECT FROM crm_resource_care care
                        WHERE care.rule_id = %(rule)s
                          AND care.partner_id = due.partner_id
                          AND care.date_occasion = due.date_occasion)
                """,
                id=self.id,
                rule=rule.id,
                occasion=rule.occasion,
                channel=rule.channel,
                currency=rule.currency_id.id,
                query=query,
                reached=reached.subselect(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )


class CrmResourceCarePreviewLine(models.TransientModel):
    _name = "crm.resource.care.preview.line"
    _description = "Care to Come"
    _order = "date_planned, date_occasion, rule_id, id"
    _rec_name = "partner_id"

    preview_id = fields.Many2one(
        "crm.resource.care.preview", required=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one("crm.resource.care.rule", ondelete="cascade")
    occasion = fields.Selection(OCCASIONS)
    label = fields.Char(string="Special Day")
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    customer_id = fields.Many2one("res.partner", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="cascade")
    date_occasion = fields.Date(string="Occasion On")
    date_planned = fields.Date(string="Due On")
    channel = fields.Selection(CHANNELS)
    product_id = fields.Many2one("product.product", string="Gift", ondelete="cascade")
    gift = fields.Char(string="Gift in Words")
    amount = fields.Monetary(string="Budget")
    currency_id = fields.Many2one("res.currency", ondelete="cascade")
    reason = fields.Selection(REASONS, string="Skipped Because")
