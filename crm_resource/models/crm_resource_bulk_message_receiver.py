from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmResourceBulkMessage(models.Model):
    """Who gets a message, when it is scheduled, and when taken back."""

    _inherit = "crm.resource.bulk.message"

    def _get_typed_domain(self):
        domain = super()._get_typed_domain()
        if self.group_id:
            # whoever sends it reads the conditions of the group, and matches with his
            # own rights
            domain &= self.sudo().group_id._get_typed_domain()
        return domain

    def _get_candidates_query(self):
        if (
            not (self.group_id or self.filter_id or self.category_ids)
            and self._get_typed_domain().is_true()
        ):
            raise UserError(
                self.env._(
                    "Choose who gets the message: a target group, a filter, tags, or "
                    "conditions."
                )
            )
        return super()._get_candidates_query()

    def action_preview(self):
        """List who gets the message, who is left out, and why."""
        self._check_sender()
        self._check_state("draft")
        self._list_receivers()
        return True

    def _check_state(self, state):
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != state:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(message)s” is %(state)s: this cannot be done any more.",
                    message=self.name,
                    state=labels[self.state],
                )
            )

    def _list_receivers(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_resource_bulk_message_line WHERE message_id = %(id)s;
                INSERT INTO crm_resource_bulk_message_line (
                    message_id, company_id, partner_id, customer_id, user_id, address,
                    state, reason, create_uid, create_date, write_uid, write_date
                )
                SELECT %(id)s, %(company)s, partner_id, customer_id, user_id, address,
                       CASE WHEN reason IS NULL THEN 'planned' ELSE 'skipped' END,
                       reason, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(query)s) target
                """,
                id=self.id,
                company=self.company_id.id,
                query=self._get_target_query(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env["crm.resource.bulk.message.line"].invalidate_model()
        self.invalidate_recordset()

    def _get_template(self):
        return self.template_id if self.channel == "mail" else self.sms_template_id

    def action_schedule(self):
        """Send the message as soon as its time has come."""
        self._check_sender()
        self._check_state("draft")
        if not self._get_template() and not (self.body or "").strip():
            raise UserError(self.env._("Choose a template, or write a text."))
        self._list_receivers()
        if not self.receiver_count:
            raise UserError(
                self.env._("Nobody would get it: look at who is left out, and why.")
            )
        self.env["crm.resource.bulk.quota"]._take(
            self.company_id, self.env.user, self.receiver_count
        )
        # nobody writes the state; that he may send it was checked above
        self.sudo().write(
            {
                "state": "scheduled",
                "date_planned": self.date_planned or fields.Datetime.now(),
                # nor who last changed the template
                "date_template": self._get_template().sudo().write_date,
            }
        )
        cron = self.env.ref("crm_resource.ir_cron_bulk_message")
        # whoever sends need not manage jobs
        cron.sudo()._trigger(self.date_planned)
        return True

    def action_cancel(self):
        """Take back what was not sent yet."""
        self.ensure_one()
        self.check_access("write")
        self._check_state("scheduled")
        # nobody writes the state; that he may was checked above
        self.sudo().state = "cancelled"
        return True

    def action_open_lines(self):
        """Open who gets it, and who does not."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_bulk_message_line_action"
            ),
            "domain": [("message_id", "in", self.ids)],
        }
