from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner import MONEY_GROUPS
from .unchecked_many2one import UncheckedMany2one

# the day of which the dates of purchases and contacts are
REFRESHED = "crm_resource.date_refreshed"


class CrmResourceStanding(models.Model):
    """What jobs compute about a customer, apart from what people type.

    Nobody but code writes here; `res.partner` shows the fields as its own.
    """

    _name = "crm.resource.standing"
    _description = "Standing of a Customer"
    _inherit = "crm.resource.past.mixin"
    # `res.partner` shows what is not of the past
    _past_dates = ()
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    level_id = UncheckedMany2one(
        "crm.resource.level", string="Customer Level", readonly=True
    )
    date_level = fields.Date(string="Level Since", readonly=True)
    turnover = fields.Monetary(
        readonly=True,
        groups=MONEY_GROUPS,
        help="Sales in the period of the leading level policy.",
    )
    level_figure = fields.Float(
        string="Figure Behind the Level",
        digits=(16, 2),
        readonly=True,
        groups=MONEY_GROUPS,
    )
    currency_id = UncheckedMany2one("res.currency", readonly=True)
    date_first_purchase = fields.Date(string="First Purchase", readonly=True)
    date_last_purchase = fields.Date(string="Last Purchase", readonly=True)
    purchase_days = fields.Integer(
        string="Days With Purchases",
        readonly=True,
        help="On how many days the customer bought something: with the first and the "
        "last of them it tells his rhythm.",
    )
    date_last_contact = fields.Date(string="Last Contact", readonly=True)
    date_next_contact = fields.Date(string="Next Contact", readonly=True)

    date_recall = fields.Date(
        string="Recalled On",
        readonly=True,
        help="The day on which the customer falls back to a public pool if nothing "
        "happens.",
    )
    date_recall_warned = fields.Date(string="Warned On", readonly=True)
    date_recall_escalated = fields.Date(
        string="Leader Warned On",
        readonly=True,
        help="Counts while the warning does to which it belongs.",
    )
    recall_rule_id = UncheckedMany2one("crm.resource.recall.rule", readonly=True)

    _partner_unique = models.Constraint(
        "UNIQUE(partner_id)", "A customer has one standing."
    )

    def init(self):
        """Leave room in every page for the new version of its rows: as no column that
        jobs write is indexed, no index has to learn of it (PostgreSQL's HOT updates).
        """
        self.env.cr.execute(
            SQL("ALTER TABLE %s SET (fillfactor = 50)", SQL.identifier(self._table))
        )

    @api.model
    def _open(self, partners):
        """Open the standing of managed customers that have none yet."""
        self.env["res.partner"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH opened AS (
                    INSERT INTO crm_resource_standing (partner_id)
                    SELECT partner.id
                      FROM res_partner partner
                     WHERE partner.id = ANY(%(ids)s) AND partner.standing_id IS NULL
                        -- by a merge a partner comes to that of another one
                        ON CONFLICT (partner_id)
                        DO UPDATE SET partner_id = EXCLUDED.partner_id
                 RETURNING id, partner_id
                )
                UPDATE res_partner partner SET standing_id = opened.id
                  FROM opened
                 WHERE partner.id = opened.partner_id
                """,
                ids=partners.ids,
            )
        )
        partners.invalidate_recordset(["standing_id"])

    @api.model
    def _get_contact_sources(self):
        """Hook: where contacts with customers are found.

        :return: list of SQL, each a SELECT of the columns ``partner_id`` (any partner;
            it counts for its commercial entity), ``date`` and ``is_planned``: whether
            it is still to be done. Days up to today are contacts that were, later ones
            contacts to come; what is planned for a day that is over is neither.
        """
        # to be warned is not to follow up
        warning = self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_resource.mail_activity_data_recall"
        )
        return [
            SQL(
                """
                SELECT attendee.res_partner_id AS partner_id, event.start::date AS date,
                       FALSE AS is_planned
                  FROM calendar_event event
                  JOIN calendar_event_res_partner_rel attendee
                    ON attendee.calendar_event_id = event.id
                 WHERE event.active
                """
            ),
            SQL(
                """
                SELECT message.res_id AS partner_id, message.date::date AS date,
                       FALSE AS is_planned
                  FROM mail_message message
                 WHERE message.model = 'res.partner'
                   AND message.message_type IN ('email', 'comment', 'sms')
                   AND message.subtype_id IS NOT NULL
                   AND message.is_internal IS NOT TRUE
                """
            ),
            SQL(
                """
                SELECT activity.res_id AS partner_id,
                       COALESCE(activity.date_done, activity.date_deadline) AS date,
                       activity.date_done IS NULL AS is_planned
                  FROM mail_activity activity
                 WHERE activity.res_model = 'res.partner'
                   AND (activity.active OR activity.date_done IS NOT NULL)
                   AND activity.activity_type_id IS DISTINCT FROM %s
                """,
                warning or 0,
            ),
            SQL(
                """
                SELECT lead.partner_id,
                       COALESCE(activity.date_done, activity.date_deadline) AS date,
                       activity.date_done IS NULL AS is_planned
                  FROM mail_activity activity
                  JOIN crm_lead lead ON lead.id = activity.res_id
                 WHERE activity.res_model = 'crm.lead'
                   AND (activity.active OR activity.date_done IS NOT NULL)
                """
            ),
        ]

    @api.model
    def _refresh_contacts(self, partners=None):
        """Set the last and the next contact of customers, all of them if None."""
        self.env.flush_all()
        today = fields.Date.context_today(self)
        self._write_changed(
            SQL(
                """
                SELECT partner.commercial_partner_id AS partner_id,
                       MAX(contact.date) FILTER (
                           WHERE contact.date <= %(today)s AND NOT contact.is_planned
                       ) AS date_last_contact,
                       MIN(contact.date) FILTER (
                           WHERE contact.date > %(today)s
                              OR contact.date = %(today)s AND contact.is_planned
                       ) AS date_next_contact
                  FROM (%(sources)s) contact
                  JOIN res_partner partner ON partner.id = contact.partner_id
                 GROUP BY partner.commercial_partner_id
                """,
                today=today,
                sources=SQL(" UNION ALL ").join(self._get_contact_sources()),
            ),
            ["date_last_contact", "date_next_contact"],
            partners,
        )

    @api.model
    def _refresh_purchases(self, partners=None):
        """Set the first and the last purchase of customers, and on how many days they
        bought; of all of them if None."""
        self.env.flush_all()
        self._write_changed(
            SQL(
                """
                SELECT partner_id, MIN(date) AS date_first_purchase,
                       MAX(date) AS date_last_purchase, COUNT(*) AS purchase_days
                  FROM (
                        SELECT sales.partner_id, sales.date
                          FROM (%(sales)s) sales
                         WHERE sales.amount > 0 AND %(scope)s
                         GROUP BY sales.partner_id, sales.date
                       ) day
                 GROUP BY partner_id
                """,
                sales=self.env["crm.resource.sales"]._get_query(
                    date_to=fields.Date.context_today(self)
                ),
                scope=SQL("TRUE")
                if partners is None
                else SQL("sales.partner_id = ANY(%s)", partners.ids),
            ),
            ["date_first_purchase", "date_last_purchase", "purchase_days"],
            partners,
        )

    @api.model
    def _include_purchases(self, sales):
        """Let the first and the last purchase of customers take in further sales: that
        is sooner done than to look at all sales there are.

        :param SQL sales: SELECT of ``partner_id``, ``date`` and ``amount``
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_standing standing
                   SET date_first_purchase =
                           LEAST(standing.date_first_purchase, sale.first),
                       date_last_purchase =
                           GREATEST(standing.date_last_purchase, sale.last)
                  FROM (
                        SELECT partner_id, MIN(date) AS first, MAX(date) AS last
                          FROM (%s) sales
                         WHERE amount > 0
                         GROUP BY partner_id
                       ) sale
                 WHERE standing.partner_id = sale.partner_id
                   AND (standing.date_first_purchase <= sale.first
                        AND standing.date_last_purchase >= sale.last) IS NOT TRUE
                """,
                sales,
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _write_changed(self, figures, names, partners=None):
        """Write computed columns where they differ, and only there.

        :param SQL figures: SELECT of ``partner_id`` and the columns ``names``;
            customers it does not return get NULL
        :param list names: columns of the standing
        :param partners: limit to these `res.partner` records
        """
        columns = [SQL.identifier(name) for name in names]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_standing standing
                   SET (%(columns)s) = ROW(%(new)s)
                  FROM crm_resource_standing old
                  LEFT JOIN (%(figures)s) figure ON figure.partner_id = old.partner_id
                 WHERE old.id = standing.id AND %(scope)s
                   AND (%(old)s) IS DISTINCT FROM (%(new)s)
                """,
                columns=SQL(", ").join(columns),
                new=SQL(", ").join(SQL("figure.%s", column) for column in columns),
                old=SQL(", ").join(SQL("standing.%s", column) for column in columns),
                figures=figures,
                scope=SQL("TRUE")
                if partners is None
                else SQL("standing.partner_id = ANY(%s)", partners.ids),
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _cron_refresh(self):
        """Nightly: dates of purchases and contacts, and the lifecycle, of all
        customers."""
        self._refresh_purchases()
        self._refresh_contacts()
        self._refresh_lifecycles()
        # of when they are is no secret
        self.env["ir.config_parameter"].sudo().set_param(
            REFRESHED, fields.Date.to_string(fields.Date.context_today(self))
        )

    @api.model
    def _ensure_refreshed(self):
        """Refresh these dates if it was not done today, for jobs that rely on them."""
        # as above
        refreshed = self.env["ir.config_parameter"].sudo().get_param(REFRESHED)
        if refreshed != fields.Date.to_string(fields.Date.context_today(self)):
            self._cron_refresh()
