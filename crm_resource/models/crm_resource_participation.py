from odoo import fields, models
from odoo.tools import SQL


class CrmResourceParticipation(models.Model):
    """Which customers register for activities and take part, with level and salesperson
    as the campaign froze them, else of today."""

    _name = "crm.resource.participation"
    _description = "Participation in Activities"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "customer_id"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    event_id = fields.Many2one("event.event", string="Activity", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Participant", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level", string="Customer Level", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(readonly=True)
    is_attended = fields.Boolean(string="Attended", readonly=True)
    registered = fields.Integer(readonly=True)
    attended = fields.Integer(string="Participants", readonly=True)

    _depends = {
        "crm.resource.campaign.target": ["campaign_id", "customer_id", "user_id"],
        "crm.resource.standing": ["level_id", "partner_id"],
        "event.event": ["company_id", "crm_campaign_id", "date_begin", "date_tz"],
        "event.registration": ["active", "event_id", "partner_id", "state"],
        "res.partner": ["customer_state", "team_id", "user_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT registration.id, registration.event_id,
                   event.crm_campaign_id AS campaign_id, registration.partner_id,
                   customer.id AS customer_id,
                   CASE WHEN frozen.id IS NULL THEN customer.user_id
                        ELSE frozen.user_id END AS user_id,
                   CASE WHEN frozen.id IS NULL THEN customer.team_id
                        ELSE frozen.team_id END AS team_id,
                   CASE WHEN frozen.id IS NULL THEN standing.level_id
                        ELSE frozen.level_id END AS level_id,
                   event.company_id,
                   ((event.date_begin AT TIME ZONE 'UTC')
                    AT TIME ZONE COALESCE(event.date_tz, 'UTC'))::date AS date,
                   registration.state = 'done' AS is_attended,
                   1 AS registered, (registration.state = 'done')::int AS attended
              FROM event_registration registration
              JOIN event_event event ON event.id = registration.event_id
              JOIN res_partner partner ON partner.id = registration.partner_id
              JOIN res_partner customer
                ON customer.id = partner.commercial_partner_id
               AND customer.customer_state IS NOT NULL
              LEFT JOIN crm_resource_standing standing
                ON standing.partner_id = customer.id
              LEFT JOIN LATERAL (
                        SELECT target.id, target.user_id, target.team_id,
                               target.level_id
                          FROM crm_resource_campaign_target target
                         WHERE target.customer_id = customer.id
                           AND target.campaign_id = event.crm_campaign_id
                         LIMIT 1
                   ) frozen ON TRUE
             WHERE registration.active AND registration.state IN ('open', 'done')
            """
        )
