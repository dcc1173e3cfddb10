from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class CrmResourceParticipantsMixin(models.AbstractModel):
    """Customers took part: their salespeople follow up."""

    _name = "crm.resource.participants.mixin"
    _description = "Followed Up by Salespeople"

    crm_date_followed = fields.Date(string="Followed Up On", readonly=True, copy=False)

    def _get_participants_query(self):
        """Return the SELECT of the ids of customers who took part."""
        raise NotImplementedError

    def _get_follow_up_name(self):
        raise NotImplementedError

    def _get_follow_up_campaign(self):
        raise NotImplementedError

    def _mark_once(self, name, day):
        """Keep that something was done; whoever comes second is refused.

        :raise UserError: if it was done already
        """
        self.env.flush_all()
        done = self.env.execute_query(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s AND %s IS NULL RETURNING id",
                SQL.identifier(self._table),
                SQL.identifier(name),
                day,
                self.id,
                SQL.identifier(name),
            )
        )
        self.invalidate_recordset([name])
        if not done:
            raise UserError(
                self.env._(
                    "“%(name)s”: this was done on %(day)s already, and is done once.",
                    name=self._get_follow_up_name(),
                    day=self[name],
                )
            )

    def _check_follow_up(self):
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("crm_resource.group_reviewer"):
            raise AccessError(
                self.env._("Follow-up is planned by market staff: ask one of them.")
            )

    def action_follow_up(self):
        """Plan a call for each customer who took part, by his salesperson or whoever
        stands in for him."""
        self._check_follow_up()
        today = fields.Date.context_today(self)
        self._mark_once("crm_date_followed", today)
        absences = self.env["crm.resource.absence"]
        absent = absences._get_absent_users(today)
        standins = {user: absences._get_substitute(user, today) for user in absent}
        standins = {user: other for user, other in standins.items() if other}
        activity_type = self.env.ref("mail.mail_activity_data_call")
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_activity (
                    res_model, res_model_id, res_id, res_name, activity_type_id,
                    user_id, date_deadline, summary, automated, active, create_uid,
                    create_date, write_uid, write_date
                )
                SELECT 'res.partner', %(model)s, customer.id, customer.complete_name,
                       %(type)s, COALESCE(standin.id, customer.user_id), %(day)s,
                       %(summary)s, TRUE, TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM res_partner customer
                  JOIN res_users owner ON owner.id = customer.user_id AND owner.active
                  LEFT JOIN UNNEST(%(absent)s::int4[], %(standins)s::int4[])
                            standin(absent_id, id) ON standin.absent_id = owner.id
                 WHERE customer.id IN (%(participants)s)
                """,
                model=self.env["ir.model"]._get_id("res.partner"),
                type=activity_type.id,
                day=fields.Date.add(today, days=activity_type.delay_count),
                summary=self.env._(
                    "Follow up: %(name)s", name=self._get_follow_up_name()
                ),
                uid=self.env.uid,
                now=self.env.cr.now(),
                absent=[user.id for user in standins],
                standins=[user.id for user in standins.values()],
                participants=self._get_participants_query(),
            )
        )
        count = self.env.cr.rowcount
        self.env["mail.activity"].invalidate_model()
        self.env["res.partner"].invalidate_model()
        return self._tell(self.env._("%(count)s activities are planned.", count=count))

    def action_make_leads(self):
        """Make an opportunity of each customer who took part and has none of this
        campaign, for his salesperson."""
        self._check_follow_up()
        campaign = self._get_follow_up_campaign()
        if not campaign:
            raise UserError(
                self.env._("Choose the campaign first: opportunities belong to it.")
            )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.id, customer.user_id, customer.team_id
                  FROM res_partner customer
                 WHERE customer.user_id IS NOT NULL AND customer.id IN (%s)
                   AND NOT EXISTS (
                       SELECT FROM crm_lead lead
                         JOIN res_partner partner ON partner.id = lead.partner_id
                        WHERE lead.campaign_id = %s
                          AND partner.commercial_partner_id = customer.id)
                 ORDER BY customer.id
                """,
                self._get_participants_query(),
                campaign.id,
            )
        )
        # market staff hand leads to salespeople without having any of their own; who
        # may do so was checked above
        leads = (
            self.env["crm.lead"]
            .sudo()
            .create(
                [
                    {
                        "name": self._get_follow_up_name(),
                        "type": "opportunity",
                        "partner_id": customer,
                        "user_id": user,
                        "team_id": team,
                        "campaign_id": campaign.id,
                        "company_id": self.company_id.id,
                    }
                    for customer, user, team in rows
                ]
            )
        )
        return self._tell(
            self.env._("%(count)s opportunities are made.", count=len(leads))
        )

    def _tell(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
