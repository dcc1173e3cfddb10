from odoo import api, fields, models
from odoo.tools import SQL

SHARED = "What several campaigns brought counts for each of them: do not add them up."


class CrmResourceCampaignReport(models.Model):
    """What a campaign brought, customer by customer.

    Sales are those of `crm.resource.sales`, in the currency of the campaign's company;
    orders are counted on the same days, whatever its sales are counted by. What several
    campaigns brought counts for each of them.
    """

    _name = "crm.resource.campaign.report"
    _description = "Effect of Campaigns"
    _inherit = "crm.resource.past.mixin"
    _past_partner = "customer_id"
    _past_dates = ("date_contact",)
    _auto = False
    _order = "campaign_id desc, sales desc, id"
    _rec_name = "customer_id"

    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level", string="Customer Level", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_contact = fields.Date(
        string="Effect From",
        readonly=True,
        help="The day on which he took part, or else got the invitation.",
    )
    targeted = fields.Integer(string="On the List", readonly=True)
    invited = fields.Integer(readonly=True)
    opened = fields.Integer(readonly=True)
    clicked = fields.Integer(readonly=True)
    registered = fields.Integer(readonly=True)
    attended = fields.Integer(readonly=True)
    leads = fields.Integer(readonly=True)
    opportunities = fields.Integer(readonly=True)
    won = fields.Integer(readonly=True)
    orders = fields.Integer(readonly=True, help=SHARED)
    sales = fields.Monetary(readonly=True, help=SHARED)

    _depends = {
        "crm.lead": ["active", "campaign_id", "partner_id", "type", "won_status"],
        "crm.resource.bulk.message": ["campaign_id"],
        "crm.resource.bulk.message.line": ["customer_id", "date_sent", "state"],
        "crm.resource.campaign.target": ["campaign_id", "customer_id", "reason"],
        "crm.resource.participation": ["campaign_id", "customer_id"],
        "mailing.trace": ["campaign_id", "res_id", "trace_status"],
        "res.partner": ["commercial_partner_id", "team_id", "user_id"],
        "sale.order": ["date_order", "partner_id", "state"],
        "utm.campaign": ["company_id", "crm_effect_days"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            WITH effect AS MATERIALIZED (%(effect)s),
            sale AS (%(sales)s)
            SELECT effect.*, COALESCE(ordered.orders, 0) AS orders,
                   COALESCE(sold.sales, 0) AS sales
              FROM effect
              LEFT JOIN (
                        SELECT effect.id, SUM(sale.amount) AS sales
                          FROM effect
                          JOIN sale ON sale.partner_id = effect.customer_id
                           AND sale.company_id = effect.company_id
                           AND sale.date BETWEEN effect.date_contact
                                             AND effect.date_contact + effect.days
                         GROUP BY effect.id
                   ) sold ON sold.id = effect.id
              LEFT JOIN (%(orders)s) ordered ON ordered.id = effect.id
            """,
            effect=self._get_effect_query(),
            sales=self.env["crm.resource.sales"]._get_query(),
            orders=self._get_orders_query(),
        )

    @api.model
    def _get_effect_query(self):
        """Return the SELECT of one row for each campaign and customer."""
        return SQL(
            """
            SELECT campaign.id::bigint * 100000000 + COALESCE(fact.customer_id, 0)
                       AS id,
                   campaign.id AS campaign_id, fact.customer_id,
                   campaign.company_id, campaign.crm_effect_days AS days,
                   CASE WHEN SUM(fact.targeted) > 0 THEN MAX(fact.user_id)
                        ELSE MAX(customer.user_id) END AS user_id,
                   CASE WHEN SUM(fact.targeted) > 0 THEN MAX(fact.team_id)
                        ELSE MAX(customer.team_id) END AS team_id,
                   CASE WHEN SUM(fact.targeted) > 0 THEN MAX(fact.level_id)
                        ELSE MAX(standing.level_id) END AS level_id,
                   COALESCE(MIN(fact.date_attended), MIN(fact.date_sent))
                       AS date_contact,
                   MAX(fact.targeted) AS targeted, MAX(fact.invited) AS invited,
                   MAX(fact.opened) AS opened, MAX(fact.clicked) AS clicked,
                   MAX(fact.registered) AS registered, MAX(fact.attended) AS attended,
                   SUM(fact.leads) AS leads, SUM(fact.opportunities) AS opportunities,
                   SUM(fact.won) AS won
              FROM (%s) fact
              JOIN utm_campaign campaign ON campaign.id = fact.campaign_id
              LEFT JOIN res_partner customer ON customer.id = fact.customer_id
              LEFT JOIN crm_resource_standing standing
                ON standing.partner_id = fact.customer_id
             WHERE campaign.crm_number IS NOT NULL
             GROUP BY campaign.id, fact.customer_id
            """,
            SQL(" UNION ALL ").join(self._get_fact_queries()),
        )

    @api.model
    def _get_fact_queries(self):
        """Return the SELECTs of what is known of campaigns and customers."""
        zone = SQL("COALESCE(calendar.tz, company_partner.tz, 'UTC')")
        company = SQL(
            """LEFT JOIN utm_campaign owner ON owner.id = source.campaign_id
               LEFT JOIN res_company company ON company.id = owner.company_id
               LEFT JOIN res_partner company_partner
                 ON company_partner.id = company.partner_id
               LEFT JOIN resource_calendar calendar
                 ON calendar.id = company.resource_calendar_id"""
        )
        return [
            SQL(
                """
                SELECT campaign_id, customer_id, user_id, team_id, level_id,
                       1 AS targeted, 0 AS invited, 0 AS opened, 0 AS clicked,
                       0 AS registered, 0 AS attended, 0 AS leads,
                       0 AS opportunities, 0 AS won, NULL::date AS date_attended,
                       NULL::date AS date_sent
                  FROM crm_resource_campaign_target
                 WHERE reason IS NULL
                """
            ),
            SQL(
                """
                SELECT source.campaign_id, partner.commercial_partner_id, NULL, NULL,
                       NULL, 0, (source.sent_datetime IS NOT NULL)::int,
                       (source.trace_status IN ('open', 'reply'))::int,
                       (source.links_click_datetime IS NOT NULL)::int,
                       0, 0, 0, 0, 0, NULL,
                       ((source.sent_datetime AT TIME ZONE 'UTC')
                        AT TIME ZONE %s)::date
                  FROM mailing_trace source
                  JOIN res_partner partner ON partner.id = source.res_id %s
                 WHERE source.model = 'res.partner' AND source.campaign_id IS NOT NULL
                """,
                zone,
                company,
            ),
            SQL(
                """
                SELECT source.campaign_id, line.customer_id, NULL, NULL, NULL, 0, 1, 0,
                       0, 0, 0, 0, 0, 0, NULL,
                       ((line.date_sent AT TIME ZONE 'UTC') AT TIME ZONE %s)::date
                  FROM crm_resource_bulk_message_line line
                  JOIN crm_resource_bulk_message source ON source.id = line.message_id
                   %s
                 WHERE line.state = 'sent' AND source.campaign_id IS NOT NULL
                """,
                zone,
                company,
            ),
            SQL(
                """
                SELECT campaign_id, customer_id, NULL, NULL, NULL, 0, 0, 0, 0,
                       1, attended, 0, 0, 0, CASE WHEN is_attended THEN date END, NULL
                  FROM (%s) participation
                 WHERE campaign_id IS NOT NULL
                """,
                self.env["crm.resource.participation"]._table_query,
            ),
            SQL(
                """
                SELECT lead.campaign_id, partner.commercial_partner_id, NULL, NULL,
                       NULL, 0, 0, 0, 0, 0, 0, (lead.type = 'lead')::int,
                       (lead.type = 'opportunity')::int,
                       (lead.won_status = 'won')::int, NULL, NULL
                  FROM crm_lead lead
                  LEFT JOIN res_partner partner ON partner.id = lead.partner_id
                 WHERE lead.campaign_id IS NOT NULL
                   AND (lead.active OR lead.won_status = 'lost')
                """
            ),
        ]

    @api.model
    def _get_orders_query(self):
        """Return the SELECT of how many orders each row of ``effect`` brought."""
        return SQL(
            """
            SELECT effect.id, COUNT(*) AS orders
              FROM effect
              JOIN res_partner partner
                ON partner.commercial_partner_id = effect.customer_id
              JOIN sale_order ON sale_order.partner_id = partner.id
               AND sale_order.company_id = effect.company_id
               AND sale_order.state = 'sale'
              JOIN res_company company ON company.id = effect.company_id
              JOIN res_partner company_partner
                ON company_partner.id = company.partner_id
              LEFT JOIN resource_calendar calendar
                ON calendar.id = company.resource_calendar_id
             WHERE ((sale_order.date_order AT TIME ZONE 'UTC')
                    AT TIME ZONE
                    COALESCE(calendar.tz, company_partner.tz, 'UTC'))::date
                   BETWEEN effect.date_contact AND effect.date_contact + effect.days
             GROUP BY effect.id
            """
        )
