from odoo import fields, models

from .crm_resource_target_mixin import REASONS


class CrmResourceBulkMessageLine(models.Model):
    """Who gets a message, once. Only code writes here."""

    _name = "crm.resource.bulk.message.line"
    _description = "Receiver of a Bulk Message"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "customer_id"
    _past_dates = ("create_date",)
    _past_user = "user_id"
    _order = "message_id desc, state, customer_id, id"
    _rec_name = "partner_id"

    message_id = fields.Many2one(
        "crm.resource.bulk.message",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Receiver",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    address = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("planned", "To Send"),
            ("sent", "Sent"),
            ("skipped", "Left Out"),
            ("failed", "Failed"),
        ],
        string="Status",
        required=True,
        readonly=True,
    )
    reason = fields.Selection(REASONS, string="Left Out Because", readonly=True)
    note = fields.Char(string="What Went Wrong", readonly=True)
    date_sent = fields.Datetime(string="Sent On", readonly=True)
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    sms_id = fields.Many2one(
        "sms.sms",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )

    _receiver_unique = models.Constraint(
        "UNIQUE(message_id, partner_id)", "Everybody gets a message once."
    )
    _address_unique = models.UniqueIndex(
        "(message_id, address) WHERE state != 'skipped'",
        "Every address gets a message once.",
    )

    def _settle(self, failure=None):
        """Keep what became of what was queued.

        :param str failure: why it did not go out
        """
        if failure:
            self.write({"state": "failed", "note": failure})
        else:
            failed = self.filtered(lambda line: line.state == "failed")
            failed.write({"state": "sent", "note": False})
