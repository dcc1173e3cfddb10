from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

MEASURES = [
    ("sales", "Sales"),
    ("orders", "Orders"),
    ("invoices", "Invoices"),
    ("receipts", "Receipts"),
    ("margin", "Margin"),
    ("customers", "New Customers"),
    ("visits", "Visits"),
]
COUNTS = ("customers", "visits")
# whose it is, when, and what is measured
KEYS = ("company_id", "team_id", "user_id", "date", "measure")


class CrmResourceTargetCellMixin(models.AbstractModel):
    """Something about one measure of a company, a department or a person in a month."""

    _name = "crm.resource.target.cell.mixin"
    _description = "Measure of a Month"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Department",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: the whole company.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        check_company=True,
        domain=[("share", "=", False)],
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: the whole department.",
    )
    kind = fields.Selection(
        [("company", "Company"), ("department", "Department"), ("person", "Person")],
        compute="_compute_kind",
        store=True,
        precompute=True,
    )
    date = fields.Date(
        string="Month", required=True, help="The first day of the month."
    )
    measure = fields.Selection(
        MEASURES,
        required=True,
        default="sales",
        help="Sales are what the settings say; orders, invoices and receipts are "
        "always those. All are untaxed.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        help="Empty where things are counted.",
    )
    is_reached = fields.Boolean(
        compute="_compute_is_reached",
        search="_search_is_reached",
        groups=fields.NO_ACCESS,
    )

    @api.depends("team_id", "user_id")
    def _compute_kind(self):
        for cell in self:
            cell.kind = (
                "person"
                if cell.user_id
                else "department"
                if cell.team_id
                else "company"
            )

    @api.depends("company_id", "measure")
    def _compute_currency_id(self):
        for cell in self:
            cell.currency_id = (
                False if cell.measure in COUNTS else cell.company_id.currency_id
            )

    @api.depends("team_id", "user_id")
    @api.depends_context("uid")
    def _compute_is_reached(self):
        teams = self.env["crm.team"]._get_led_teams()
        for cell in self:
            cell.is_reached = cell.user_id == self.env.user or cell.team_id in teams

    @api.model
    def _search_is_reached(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        teams = self.env["crm.team"]._get_led_teams()
        return Domain("user_id", "=", self.env.uid) | Domain("team_id", "in", teams.ids)

    @api.depends("company_id", "team_id", "user_id", "date", "measure")
    def _compute_display_name(self):
        for cell in self:
            cell.display_name = self._describe(*(cell[name] for name in KEYS))

    @api.model
    def _describe(self, company, team, user, date, measure):
        """Return in words which cell it is.

        :param company: `res.company`, ``team``: `crm.team`, ``user``: `res.users`
        :param date date: first day of the month
        :param str measure: a key of `MEASURES`
        """
        # names of companies, departments and colleagues are no secret
        names = [record.sudo().name for record in (team, user) if record]
        labels = dict(self._fields["measure"]._description_selection(self.env))
        parts = (
            # as above
            " / ".join(names) or company.sudo().name,
            date and format_date(self.env, date, date_format="MMMM y"),
            labels.get(measure),
        )
        return ", ".join(filter(None, parts))
