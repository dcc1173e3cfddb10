from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# what only code writes
ASSIGNMENT_FIELDS = {"assigner_id", "assignment_state"}
# what says of which company an opportunity is
COMPANY_FIELDS = {"company_id", "partner_id", "team_id", "user_id"}


class CrmLead(models.Model):
    """Whose an opportunity is, and who said so."""

    _inherit = "crm.lead"

    assignment_state = fields.Selection(
        [("unassigned", "Unassigned"), ("assigned", "Assigned")],
        string="Assignment Status",
        default="unassigned",
        readonly=True,
        copy=False,
        tracking=True,
        help="Where leaders assign opportunities, what salespeople enter themselves "
        "is unassigned until one of them says whose it is.",
    )
    assigner_id = fields.Many2one(
        "res.users",
        string="Assigned By",
        readonly=True,
        copy=False,
    )
    may_assign = fields.Boolean(compute="_compute_may_assign")

    _to_assign_idx = models.Index(
        "(team_id, user_id) WHERE assignment_state = 'unassigned'"
    )

    def _init_column(self, column_name):
        """Whatever has a salesperson when the column is new is assigned."""
        if column_name != "assignment_state":
            return super()._init_column(column_name)
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead
                   SET assignment_state = CASE WHEN user_id IS NULL THEN 'unassigned'
                                               ELSE 'assigned' END
                """
            )
        )

    @api.depends("company_id", "team_id", "user_id")
    @api.depends_context("uid", "company")
    def _compute_may_assign(self):
        may = self._filter_may_assign()
        for lead in self:
            lead.may_assign = lead in may

    @api.model_create_multi
    def create(self, vals_list):
        """Keep who said whose it is.

        :raise AccessError: if the person enters it for somebody else, and may not
        """
        leads = super().create(
            [
                {**vals, "assignment_state": "unassigned", "assigner_id": False}
                for vals in vals_list
            ]
        )
        given = leads.filtered("user_id")
        may = given._filter_may_assign()
        if (given - may).user_id - self.env.user:
            raise self._get_assignment_error()
        for user, assigned in may.grouped("user_id").items():
            assigned._check_assignee(user)
        # what is new has no history yet
        may.with_context(tracking_disable=True)._keep_assigner()
        return leads

    def write(self, vals):
        """As `create`."""
        if not self.env.su and ASSIGNMENT_FIELDS & vals.keys():
            raise self._get_assignment_error()
        kept = self.browse() if COMPANY_FIELDS.isdisjoint(vals) else self
        kept -= kept._filter_may_assign()
        changed = self.browse()
        if "user_id" in vals:
            user = self.env["res.users"].browse(vals["user_id"])
            changed = self.filtered(lambda lead: lead.user_id != user)
            changed._check_assignee(user)
            super(CrmLead, changed).write({**vals, **self._get_assignment_values(user)})
        result = super(CrmLead, self - changed).write(vals)
        # in a company without the setting anybody could give them away
        if kept.filtered(lambda lead: not lead._is_assigned_by_leader()):
            raise self._get_assignment_error()
        return result

    def _is_assigned_by_leader(self):
        # those of no company are not given away by whoever looks at another one
        companies = self.company_id or self.env.user.company_ids
        # how companies work is no secret
        return any(companies.sudo().mapped("crm_is_lead_assigned"))

    def _filter_may_assign(self):
        """Return those of which the user may say whose they are: where leaders do,
        those of his departments."""
        strict = self.filtered(lambda lead: lead._is_assigned_by_leader())
        return self - (strict - strict._filter_led())

    def _filter_led(self):
        """Return those of the departments that the user leads, and those of nobody."""
        team = self.env["crm.team"]
        if not self or self.env.su or team._may_allocate_all():
            return self
        teams, people = team._get_led_teams(), team._get_led_members()
        return self.filtered(
            lambda lead: (
                teams
                and (
                    lead.team_id in teams
                    or lead.user_id in people
                    or not lead.team_id
                    and not lead.user_id
                )
            )
        )

    def _check_assignee(self, user):
        """Check that the person may give these to somebody, or take them away.

        :param user: `res.users`, empty for nobody
        :raise AccessError: if he may not
        """
        self.filtered(lambda lead: lead._is_assigned_by_leader())._check_led(user)

    def _check_led(self, user):
        """Check that the person leads the departments of these, and somebody.

        :param user: `res.users`, empty for nobody
        :raise AccessError: if he does not
        """
        team = self.env["crm.team"]
        if not self or self.env.su or team._may_allocate_all():
            return
        is_among = user <= team._get_led_members() | self.env.user
        if not is_among or self - self._filter_led():
            raise self._get_assignment_error()

    def _get_assignment_error(self):
        return AccessError(
            self.env._(
                "Opportunities are assigned by the leaders of departments, each to "
                "their own people: ask one of them."
            )
        )

    def _get_assignment_values(self, user):
        return {
            "assignment_state": "assigned" if user else "unassigned",
            "assigner_id": user and self.env.uid,
        }

    def _keep_assigner(self, *_moves):
        """Keep that the person has said whose these are, whatever the way."""
        # whether he may is the caller's matter
        for user, leads in self.sudo().grouped("user_id").items():
            leads.write(self._get_assignment_values(user))
