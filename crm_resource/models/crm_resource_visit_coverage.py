from odoo import fields, models
from odoo.tools import SQL


class CrmResourceVisitCoverage(models.Model):
    """Visits that customers are due by their level in the current period, against
    those that were made."""

    _name = "crm.resource.visit.coverage"
    _description = "Coverage by Visits"
    _auto = False
    _order = "gap desc, date_last, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    level_id = fields.Many2one(
        "crm.resource.level", string="Customer Level", readonly=True
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")], readonly=True
    )
    date_begin = fields.Date(string="Since", readonly=True)
    due = fields.Integer(string="Visits Due", readonly=True)
    done = fields.Integer(string="Visits Made", readonly=True)
    planned = fields.Integer(string="Visits Planned", readonly=True)
    gap = fields.Integer(
        readonly=True, help="Visits due that are neither made nor planned."
    )
    open = fields.Integer(
        string="Still to Be Made", readonly=True, help="Visits due less those made."
    )
    date_last = fields.Date(string="Last Visit", readonly=True)

    _depends = {
        "crm.resource.level": ["visit_number", "visit_period"],
        "crm.resource.standing": ["level_id", "partner_id"],
        "crm.resource.visit": ["date_start", "partner_id", "state", "type_id"],
        "crm.resource.visit.type": ["is_counted"],
        "res.partner": [
            "active",
            "company_id",
            "customer_state",
            "date_hidden_before",
            "date_terminated",
            "team_id",
            "user_id",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT partner.id, partner.id AS partner_id, partner.user_id,
                   COALESCE(partner.team_id, owner.sale_team_id) AS team_id,
                   partner.company_id, level.id AS level_id,
                   level.visit_period AS period, span.date_begin,
                   level.visit_number AS due, made.done, made.planned,
                   GREATEST(level.visit_number - made.done - made.planned, 0) AS gap,
                   GREATEST(level.visit_number - made.done, 0) AS open,
                   made.date_last
              FROM res_partner partner
              JOIN crm_resource_standing standing ON standing.id = partner.standing_id
              JOIN crm_resource_level level
                ON level.id = standing.level_id AND level.visit_number > 0
              LEFT JOIN res_users owner ON owner.id = partner.user_id
             CROSS JOIN LATERAL (
                    SELECT DATE_TRUNC(level.visit_period, %(today)s::date)::date
                               AS date_begin,
                           (DATE_TRUNC(level.visit_period, %(today)s::date)
                            + CASE level.visit_period
                              WHEN 'month' THEN INTERVAL '1 month'
                              WHEN 'quarter' THEN INTERVAL '3 months'
                              ELSE INTERVAL '1 year' END)::date AS date_end
                   ) span
             CROSS JOIN LATERAL (
                    SELECT COUNT(*) FILTER (
                               WHERE visit.state = 'done'
                                 AND visit.date_start >= span.date_begin
                                 AND visit.date_start < span.date_end) AS done,
                           COUNT(*) FILTER (
                               WHERE visit.state IN ('planned', 'checked_in')
                                 AND visit.date_start >= span.date_begin
                                 AND visit.date_start < span.date_end) AS planned,
                           MAX(visit.date_start) FILTER (
                               WHERE visit.state = 'done')::date AS date_last
                      FROM crm_resource_visit visit
                      JOIN crm_resource_visit_type type ON type.id = visit.type_id
                     WHERE visit.partner_id = partner.id AND type.is_counted
                       -- those of the time before a claim may be hidden
                       AND (partner.date_hidden_before IS NULL
                            OR visit.date_start >= partner.date_hidden_before)
                   ) made
             WHERE partner.customer_state = 'approved' AND partner.active
               AND partner.date_terminated IS NULL AND partner.user_id IS NOT NULL
            """,
            today=fields.Date.context_today(self),
        )

    def action_open(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id._get_records_action(views=[(False, "form")])

    def action_plan_visit(self):
        """Open a new visit to the customer."""
        self.ensure_one()
        return self.partner_id.action_plan_visit()
