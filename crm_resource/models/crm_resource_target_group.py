from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmResourceTargetGroup(models.Model):
    """Customers whom campaigns and messages are for."""

    _name = "crm.resource.target.group"
    _description = "Target Group"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.resource.target.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    note = fields.Text(string="Description")
    category_ids = fields.Many2many(relation="crm_resource_target_group_category_rel")
    channel = fields.Selection(tracking=True)
    receiver = fields.Selection(tracking=True)
    domain = fields.Char(tracking=True)
    campaign_ids = fields.One2many("utm.campaign", "crm_target_group_id")
    campaign_count = fields.Integer(
        string="Campaigns", compute="_compute_campaign_count"
    )

    def _compute_campaign_count(self):
        counts = dict(
            self.env["utm.campaign"]._read_group(
                [("crm_target_group_id", "in", self.ids)],
                ["crm_target_group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.campaign_count = counts.get(group, 0)

    def action_preview(self):
        """List who would be reached, who is left out, and why."""
        self.ensure_one()
        self.check_access("read")
        self._check_responsible()
        self.env.flush_all()
        reached = self.env["res.partner"]._search([("customer_state", "!=", False)])
        lines = self.env["crm.resource.target.preview"]
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_resource_target_preview
                 WHERE group_id = %(id)s AND create_uid = %(uid)s;
                INSERT INTO crm_resource_target_preview (
                    group_id, partner_id, customer_id, user_id, team_id, level_id,
                    address, reason, create_uid, create_date, write_uid, write_date
                )
                SELECT %(id)s, target.*, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(query)s) target
                 WHERE target.customer_id IN %(reached)s
                """,
                id=self.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                query=self._get_target_query(),
                reached=reached.subselect(),
            )
        )
        lines.invalidate_model()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_target_preview_action"
            ),
            "domain": [("group_id", "=", self.id)],
        }

    def action_message(self):
        """Open a new message to those of the group whom the person reaches."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Message to Customers"),
            "res_model": "crm.resource.bulk.message",
            "views": [(False, "form")],
            "context": {
                "default_group_id": self.id,
                "default_channel": self.channel,
                "default_receiver": self.receiver,
                "default_is_pool_included": self.is_pool_included,
                "default_company_id": self.company_id.id,
            },
        }

    def _check_responsible(self):
        """Check that somebody answers for the conditions.

        :raise UserError: if nobody does
        """
        lack = self._get_responsible_lack()
        if lack:
            raise UserError(
                self.env._(
                    "%(lack)s Let market staff save the conditions of “%(group)s” "
                    "anew.",
                    lack=lack,
                    group=self.name,
                )
            )
