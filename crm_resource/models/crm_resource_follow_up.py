from odoo import api, fields, models
from odoo.tools import SQL


class CrmResourceFollowUp(models.Model):
    """Whom somebody has to get in touch with: customers, leads and opportunities
    without a contact this month, or within the interval of the customer's level."""

    _name = "crm.resource.follow.up"
    _description = "Follow-Up Due"
    _auto = False
    _order = "date_due, id"

    kind = fields.Selection(
        [
            ("customer", "Customer"),
            ("lead", "Lead"),
            ("opportunity", "Opportunity"),
        ],
        string="What",
        readonly=True,
    )
    name = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level", string="Customer Level", readonly=True
    )
    date_last_contact = fields.Date(string="Last Contact", readonly=True)
    date_due = fields.Date(
        string="Due",
        readonly=True,
        help="The last day of the month after the one of the last contact, or, where "
        "the customer's level has an interval, the day on which it is over. Of whom "
        "nobody got in touch with yet, it counts from when his salesperson got him.",
    )
    days_since = fields.Integer(compute="_compute_days_since", aggregator=None)

    _depends = {
        "crm.lead": [
            "active",
            "company_id",
            "create_date",
            "date_last_stage_update",
            "name",
            "partner_id",
            "team_id",
            "type",
            "user_id",
            "won_status",
        ],
        "calendar.event": ["active", "opportunity_id", "start"],
        "crm.resource.level": ["contact_days"],
        "crm.resource.standing": ["date_last_contact", "level_id", "partner_id"],
        "crm.resource.visit": ["date_start", "lead_id", "state"],
        "mail.activity": ["date_done", "res_id", "res_model"],
        "mail.message": ["date", "message_type", "model", "res_id"],
        "res.partner": [
            "active",
            "company_id",
            "complete_name",
            "customer_state",
            "date_held_from",
            "date_hidden_before",
            "date_terminated",
            "team_id",
            "user_id",
        ],
    }

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT duty.id, duty.kind, duty.name, duty.partner_id, duty.lead_id,
                   duty.user_id, duty.team_id, duty.company_id, duty.level_id,
                   duty.date_last_contact, duty.date_due
              FROM (
                    SELECT source.*,
                           CASE WHEN level.contact_days > 0
                                THEN since.date + level.contact_days
                                ELSE (DATE_TRUNC('month', since.date)
                                      + INTERVAL '2 months - 1 day')::date
                           END AS date_due,
                           COALESCE(level.contact_days, 0) > 0 AS is_by_level
                      FROM (%(customers)s UNION ALL %(leads)s) source
                      LEFT JOIN crm_resource_level level ON level.id = source.level_id
                     CROSS JOIN LATERAL (
                            SELECT GREATEST(
                                source.date_begin, source.date_last_contact) AS date
                           ) since
                     -- of what began later nothing is due, whatever the last contact
                     WHERE source.date_begin < %(month_begin)s
                        OR source.date_begin <= %(today)s - (
                           SELECT MIN(contact_days) FROM crm_resource_level
                            WHERE contact_days > 0)
                   ) duty
             WHERE duty.date_due <= CASE WHEN duty.is_by_level THEN %(today)s
                                         ELSE %(month_end)s END
            """,
            customers=self._get_customers_query(),
            leads=self._get_leads_query(today),
            today=today,
            month_begin=fields.Date.start_of(today, "month"),
            month_end=fields.Date.end_of(today, "month"),
        )

    @api.model
    def _get_customers_query(self):
        return SQL(
            """
            SELECT 2 * partner.id AS id, 'customer' AS kind,
                   partner.complete_name AS name, partner.id AS partner_id,
                   NULL::int4 AS lead_id, partner.user_id,
                   COALESCE(partner.team_id, owner.sale_team_id) AS team_id,
                   partner.company_id, standing.level_id,
                   -- that of the time before a claim may be hidden
                   CASE WHEN partner.date_hidden_before IS NULL
                          OR partner.date_hidden_before::date
                             <= standing.date_last_contact
                        THEN standing.date_last_contact END AS date_last_contact,
                   COALESCE(partner.date_held_from, partner.create_date)::date
                       AS date_begin
              FROM crm_resource_standing standing
              JOIN res_partner partner ON partner.standing_id = standing.id
              JOIN res_users owner ON owner.id = partner.user_id
             WHERE partner.customer_state = 'approved' AND partner.active
               AND partner.date_terminated IS NULL
            """
        )

    @api.model
    def _get_leads_query(self, today):
        # whatever somebody notes is a sign that he looked after it
        return SQL(
            """
            SELECT 2 * lead.id + 1 AS id, lead.type AS kind, lead.name,
                   customer.commercial_partner_id AS partner_id, lead.id AS lead_id,
                   lead.user_id, lead.team_id, lead.company_id, standing.level_id,
                   GREATEST(
                       (SELECT MAX(message.date) FROM mail_message message
                         WHERE message.model = 'crm.lead' AND message.res_id = lead.id
                           AND message.message_type IN ('email', 'comment', 'sms')),
                       (SELECT MAX(activity.date_done) FROM mail_activity activity
                         WHERE activity.res_model = 'crm.lead'
                           AND activity.res_id = lead.id),
                       (SELECT MAX(event.start) FROM calendar_event event
                         WHERE event.opportunity_id = lead.id AND event.active
                           AND event.start::date <= %s),
                       (SELECT MAX(visit.date_start) FROM crm_resource_visit visit
                         WHERE visit.lead_id = lead.id AND visit.state = 'done')
                   )::date AS date_last_contact,
                   GREATEST(lead.create_date, lead.date_last_stage_update)::date
                       AS date_begin
              FROM crm_lead lead
              LEFT JOIN res_partner customer ON customer.id = lead.partner_id
              LEFT JOIN crm_resource_standing standing
                ON standing.partner_id = customer.commercial_partner_id
             WHERE lead.active AND lead.won_status = 'pending'
               AND lead.user_id IS NOT NULL
            """,
            today,
        )

    @api.depends("date_last_contact")
    def _compute_days_since(self):
        today = fields.Date.context_today(self)
        for duty in self:
            last = duty.date_last_contact
            duty.days_since = (today - last).days if last else 0

    def action_open(self):
        """Open the customer or the opportunity."""
        self.ensure_one()
        record = self.lead_id or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
