import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html

_logger = logging.getLogger(__name__)

# receivers after which the job commits
BATCH_SIZE = 500


class CrmResourceBulkMessage(models.Model):
    """The job that sends what is scheduled, a commit after each batch. It may be killed
    anywhere: what is sent is queued in the transaction that says so."""

    _inherit = "crm.resource.bulk.message"

    @api.model
    def _cron_send(self):
        """Send messages whose time has come."""
        cron = self.env["ir.cron"]
        due = [
            ("state", "=", "scheduled"),
            ("date_planned", "<=", fields.Datetime.now()),
        ]
        for message in self.search(due, order="date_planned, id"):
            lack = message._get_sending_lack()
            if lack:
                message._halt(lack)
                cron._commit_progress()
                continue
            message._skip_refused()
            while size := message._send_batch():
                if not cron._commit_progress(size):
                    return
            message._finish()
            cron._commit_progress()

    def _get_sending_lack(self):
        """Return why it must not be sent, None if it may."""
        lack = self._get_responsible_lack()
        if lack:
            return lack
        template = self._get_template()
        if template and template.write_date != self.date_template:
            return self.env._(
                "The template was changed after the message had been scheduled."
            )
        return None

    def _halt(self, lack):
        _logger.warning("Bulk message %s stops: %s", self.id, lack)
        self.state = "failed"
        self.message_post(
            body=self.env._("The message was not sent. %(lack)s", lack=lack),
            partner_ids=self.responsible_id.partner_id.ids,
        )

    def _skip_refused(self):
        """Leave out who refused since the list was made."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_bulk_message_line line
                   SET state = 'skipped', reason = refused.reason
                  FROM (
                        SELECT line.id,
                               CASE WHEN customer.date_terminated IS NOT NULL
                                    THEN 'terminated' ELSE %(reason)s END AS reason
                          FROM crm_resource_bulk_message_line line
                          JOIN res_partner receiver ON receiver.id = line.partner_id
                          JOIN res_partner customer ON customer.id = line.customer_id
                         WHERE line.message_id = %(id)s AND line.state = 'planned'
                       ) refused
                 WHERE refused.id = line.id AND refused.reason IS NOT NULL
                """,
                id=self.id,
                reason=self.env["crm.resource.care.rule"]._get_reason(self.channel),
            )
        )
        self.env["crm.resource.bulk.message.line"].invalidate_model()

    def _send_batch(self):
        """Send to some of the receivers; others may do the same for others.

        :return: how many there were, 0 if nothing is left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM crm_resource_bulk_message_line line
                  JOIN crm_resource_bulk_message message
                    ON message.id = line.message_id AND message.state = 'scheduled'
                 WHERE line.message_id = %s AND line.state = 'planned'
                 ORDER BY line.id
                 LIMIT %s
                   FOR UPDATE OF line SKIP LOCKED
                """,
                self.id,
                BATCH_SIZE,
            )
        )
        lines = self.line_ids.browse(key for (key,) in rows)
        if lines:
            self._send_safely(lines)
        return len(lines)

    def _send_safely(self, lines):
        """Send; what fails is kept in the list and does not keep back the others."""
        sender = self._as_responsible(self)
        try:
            with self.env.cr.savepoint():
                # with the rights of the sender: whom he does not reach any more fails
                partners = sender.env["res.partner"].browse(lines.partner_id.ids)
                partners.check_access("read")
                sender._queue(partners, lines)
                lines.write({"state": "sent", "date_sent": fields.Datetime.now()})
        except psycopg2.Error:  # others were faster, or the connection is gone
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(lines) == 1:
                _logger.warning("Bulk message %s failed", self.id, exc_info=True)
                lines.write({"state": "failed", "note": str(error)})
                return
            half = len(lines) // 2
            self._send_safely(lines[:half])
            self._send_safely(lines[half:])

    def _queue(self, partners, lines):
        """Queue a message to each of some partners, and keep which it is."""
        if self.channel == "mail":
            name, queued = "mail_id", self._queue_mails(partners)
        else:
            numbers = dict(zip(partners, lines.mapped("address"), strict=True))
            name, queued = "sms_id", self._queue_sms(numbers)
        for partner, line in zip(partners, lines, strict=True):
            line[name] = queued[partner]

    def _finish(self):
        """It is sent if nobody cancelled it, and nobody else still sends."""
        self.invalidate_recordset(["state"])
        left = self.line_ids.search_count(
            [("message_id", "=", self.id), ("state", "=", "planned")], limit=1
        )
        if self.state == "scheduled" and not left:
            self.state = "done"

    # ------------------------------------------------------------
    # What is sent
    # ------------------------------------------------------------

    def _render_mails(self, partners):
        if self.template_id:
            return super()._render_mails(partners)
        sender = self.responsible_id
        return {
            partner.id: {
                "subject": self.name,
                "body_html": plaintext2html(self.body or ""),
                "email_from": sender.email_formatted,
                "reply_to": sender.email_formatted,
            }
            for partner in partners
        }

    def _render_sms(self, partners):
        if self.sms_template_id:
            return super()._render_sms(partners)
        return dict.fromkeys(partners.ids, self.body)
