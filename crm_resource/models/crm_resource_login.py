from odoo import api, fields, models
from odoo.tools import SQL


class CrmResourceLogin(models.Model):
    """When the people of departments were last here."""

    _name = "crm.resource.login"
    _description = "Last Login"
    _auto = False
    _order = "date_last, id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", string="Person", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date_last = fields.Datetime(
        string="Last Login", readonly=True, help="Empty: never yet."
    )
    is_missing = fields.Boolean(
        string="Missing",
        readonly=True,
        help="Whether the person has not been here for the days of the settings.",
    )
    is_away = fields.Boolean(string="On Leave", compute="_compute_is_away")
    is_led = fields.Boolean(
        string="My People", compute="_compute_is_led", search="_search_is_led"
    )

    _depends = {
        "crm.team": ["user_id"],
        "crm.team.member": ["active", "crm_team_id", "user_id"],
        "res.company": ["crm_login_days"],
        "res.users": ["active", "company_id", "create_date", "sale_team_id", "share"],
        "res.users.log": ["create_date", "create_uid"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT users.id, users.id AS user_id, users.sale_team_id AS team_id,
                   users.company_id, log.date AS date_last,
                   company.crm_login_days > 0
                       AND COALESCE(log.date, users.create_date)::date
                           <= %(today)s - company.crm_login_days AS is_missing
              FROM res_users users
              JOIN res_company company ON company.id = users.company_id
              LEFT JOIN (
                    SELECT create_uid, MAX(create_date) AS date
                      FROM res_users_log
                     GROUP BY create_uid
                   ) log ON log.create_uid = users.id
             WHERE users.active AND NOT users.share
               AND (EXISTS (SELECT FROM crm_team_member member
                             WHERE member.user_id = users.id AND member.active)
                    OR EXISTS (SELECT FROM crm_team team
                                WHERE team.user_id = users.id AND team.active))
            """,
            today=fields.Date.context_today(self),
        )

    def _compute_is_away(self):
        away = self.env["crm.resource.absence"]._get_absent_users(
            fields.Date.context_today(self)
        )
        for login in self:
            login.is_away = login.user_id in away

    @api.depends_context("uid")
    def _compute_is_led(self):
        led = self.env["crm.team"]._get_led_members()
        for login in self:
            login.is_led = login.user_id in led

    @api.model
    def _search_is_led(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        return [("user_id", "in", self.env["crm.team"]._get_led_members().ids)]
