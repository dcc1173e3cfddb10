from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_partner_review import FREE_PREFIXES

# what only the steps of the approval set
STEP_FIELDS = {"date_done", "from_stage_id", "state", "user_id"}


class CrmResourceStageApproval(models.Model):
    """An opportunity's way on from a stage that asks for approval: the last approval
    moves it, and only if it still stands where the request saw it."""

    _name = "crm.resource.stage.approval"
    _description = "Approval of a Stage"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.resource.approval.mixin"]
    _order = "id desc"
    _rec_name = "lead_id"
    _check_company_auto = True

    _state_from = ["submitted"]
    _state_to = ["done"]
    _tier_validation_buttons_xpath = "/form/header/field[@name='state']"

    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        required=True,
        domain=[("type", "=", "opportunity"), ("won_status", "=", "pending")],
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="lead_id.company_id", store=True)
    from_stage_id = fields.Many2one(
        "crm.stage", readonly=True, copy=False, ondelete="cascade"
    )
    stage_id = fields.Many2one(
        "crm.stage",
        string="To Stage",
        required=True,
        ondelete="cascade",
        tracking=True,
    )
    reason = fields.Text(
        tracking=True, help="Why the opportunity is ready to go on to the stage."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Requested By",
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
    )
    leader_ids = fields.Many2many(
        "res.users",
        string="Leaders of the Department",
        compute="_compute_leader_ids",
        help="Of the department of the opportunity, and of those above it.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "In Approval"),
            ("done", "Approved"),
            ("rejected", "Rejected"),
            ("overtaken", "Overtaken"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_done = fields.Datetime(string="Decided On", readonly=True, copy=False)

    # one at a time of each opportunity, whoever asks at the same moment
    _submitted_uniq = models.UniqueIndex(
        "(lead_id) WHERE state = 'submitted'",
        "The opportunity waits for an approval already: withdraw that one first.",
    )

    @api.depends("lead_id.team_id")
    def _compute_leader_ids(self):
        for approval in self:
            # who leads a department is no secret of those who belong to it
            team = approval.sudo().lead_id.team_id
            above = team.browse(map(int, (team.parent_path or "").split("/")[:-1]))
            approval.leader_ids = above.user_id

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Keep where the opportunity stands, and who asks."""
        for vals in vals_list:
            self._check_no_step(vals)
        approvals = super().create(vals_list)
        for approval in approvals:
            # whoever calls chooses the defaults
            if not self.env.su and (approval.state, approval.user_id) != (
                "draft",
                self.env.user,
            ):
                raise self._get_step_error()
            approval.lead_id.check_access("write")
        return approvals

    def write(self, vals):
        """Change drafts only: what was submitted is decided as it was seen."""
        if any(not name.startswith(FREE_PREFIXES) for name in vals):
            self._check_no_step(vals)
            self._check_draft()
        result = super().write(vals)
        if "lead_id" in vals:
            self.lead_id.check_access("write")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        self._check_draft()

    def _check_no_step(self, vals):
        if not self.env.su and not STEP_FIELDS.isdisjoint(vals):
            raise self._get_step_error()

    def _get_step_error(self):
        return AccessError(
            self.env._(
                "How far an approval is follows from its steps: submit or withdraw it "
                "instead."
            )
        )

    def _check_draft(self):
        submitted = self.filtered(lambda approval: approval.state != "draft")
        if submitted and not self.env.su:
            raise UserError(
                self.env._(
                    "The approval of “%(lead)s” was asked for: withdraw it to change "
                    "it, or make another one.",
                    lead=submitted[0].lead_id.name,
                )
            )

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def request_validation(self):
        """Submit drafts.

        :raise UserError: if the opportunity need not wait or is not ready, or if nobody
            could approve it
        """
        self.check_access("write")
        for approval in self:
            approval._check_submittable()
            # the user may write the drafts
            approval.sudo().write(
                {
                    "state": "submitted",
                    "from_stage_id": approval.lead_id.stage_id.id,
                }
            )
        reviews = super().request_validation()
        if set(self.ids) - set(reviews.mapped("res_id")):
            raise UserError(
                self.env._(
                    "Nobody is named who approves stages: ask your administrator to "
                    "define who decides."
                )
            )
        return reviews

    def _check_submittable(self):
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "The approval of “%(lead)s” was asked for before.",
                    lead=self.lead_id.name,
                )
            )
        if not self.lead_id._filter_leaving(
            self.stage_id
        ).stage_id.is_approval_required:
            raise UserError(
                self.env._(
                    "“%(lead)s” needs no approval to go from “%(stage)s” to “%(to)s”: "
                    "just move it.",
                    lead=self.lead_id.name,
                    stage=self.lead_id.stage_id.name,
                    to=self.stage_id.name,
                )
            )
        self.lead_id._check_steps_done(self.stage_id)

    def restart_validation(self):
        """Withdraw requests: they are drafts again.

        :raise UserError: if one is decided
        """
        decided = self.filtered(lambda a: a.state not in ("submitted", "rejected"))
        if decided:
            raise UserError(
                self.env._(
                    "The approval of “%(lead)s” is not under way: reload the page.",
                    lead=decided[0].lead_id.name,
                )
            )
        # checked by `super` before anything is written
        self.check_access("write")
        self._set_state("submitted")
        result = super().restart_validation()
        self._set_state("draft")
        return result

    def _get_due_message(self):
        return False  # its form has the button to submit it

    def _get_tier_validation_readonly_domain(self):
        return "state != 'draft'"

    def _get_authors(self):
        return super()._get_authors() | self.user_id

    def _conclude(self):
        super()._conclude()
        if self.state != "submitted":
            return
        if self.validation_status == "rejected":
            self._set_state("rejected")
        elif self.validation_status == "validated":
            self._grant()

    def _grant(self):
        """Move the opportunity, unless it stands somewhere else by now."""
        # approved by those who are named for it; the opportunity need not be theirs
        lead = self.sudo().lead_id
        if lead.stage_id != self.from_stage_id or lead.won_status != "pending":
            self._set_state("overtaken")
            return
        lead.stage_id = self.stage_id
        self._set_state("done")

    def _set_state(self, state):
        is_open = state in ("draft", "submitted")
        # a step of the approval, which checked who takes it
        approvals = self.sudo().with_context(skip_validation_check=True)
        approvals.write(
            {"state": state, "date_done": not is_open and fields.Datetime.now()}
        )
