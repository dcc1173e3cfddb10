import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..web_address import ORIGIN_RE, get_origin, is_color, is_link

KINDS = [
    ("demand", "Demand"),
    ("order", "Order request"),
    ("complaint", "Complaint"),
    ("partner", "Partner registration"),
]
# what only code writes
KEPT = ("token", "date_told")


class CrmResourceWebForm(models.Model):
    """A form on the company's own site whose answers become leads."""

    _name = "crm.resource.web.form"
    _description = "Web Form"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.web.cached.mixin",
    ]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    kind = fields.Selection(KINDS, default="demand", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.user.lang or "en_US",
    )
    token = fields.Char(
        string="Secret Part of the Address", required=True, readonly=True, copy=False
    )

    # what becomes of the answers
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        check_company=True,
        tracking=True,
        help="Reads the submissions, and is told of what nobody else gets.",
    )
    assign = fields.Selection(
        [
            ("responsible", "To the responsible person"),
            ("team", "To the department"),
            ("rules", "By the allocation rules"),
        ],
        string="New Leads Go",
        default="responsible",
        required=True,
        help="Whoever is known already stays with his own salesperson.",
    )
    team_id = fields.Many2one(
        "crm.team", string="Department", check_company=True, ondelete="restrict"
    )
    rule_ids = fields.Many2many(
        "crm.resource.allocation.rule",
        string="Only These Rules",
        check_company=True,
        help="Empty: all rules of the company, in their order.",
    )
    source_id = fields.Many2one("utm.source", ondelete="restrict")
    medium_id = fields.Many2one("utm.medium", ondelete="restrict")
    campaign_id = fields.Many2one("utm.campaign", ondelete="restrict")

    # what visitors see
    field_ids = fields.One2many(
        "crm.resource.web.form.field", "form_id", string="Fields", copy=True
    )
    intro = fields.Text(string="Introductory Text")
    button = fields.Char(string="Text of the Button")
    thanks = fields.Text(string="Thank-You Text")
    thanks_url = fields.Char(
        string="Thank-You Page", help="On one of the allowed sites."
    )
    consent_text = fields.Text(
        string="Consent",
        help="Visitors must agree to it. Each answer keeps the text they saw.",
    )
    color = fields.Char(string="Colour of the Button", default="#714b67")
    background = fields.Char(default="#ffffff")

    # who may post, and how much
    origins = fields.Text(
        string="Allowed Sites",
        help="One address a line, such as https://www.example.com. Other sites may "
        "neither show the form nor post to it.",
    )
    is_origin_required = fields.Boolean(
        string="Refuse Posts Without Origin",
        help="Some browsers do not say from which site a form is posted.",
    )
    is_stamp_required = fields.Boolean(
        string="Refuse Posts Without Stamp",
        help="The stamp tells when the form was opened. Plain HTML gets it by a "
        "script; without one, that check is left out unless this is set.",
    )
    is_captcha = fields.Boolean(
        string="Captcha", help="If the ERP's captcha is installed and set up."
    )
    min_seconds = fields.Integer(
        string="Seconds to Fill In",
        default=3,
        help="Whoever is faster is taken for a machine: the submission waits for "
        "staff as spam.",
    )
    repeat_minutes = fields.Integer(
        string="Minutes for Repetitions",
        default=10,
        help="The same answers within so many minutes count once.",
    )
    address_limit = fields.Integer(string="Posts per Address", default=10)
    address_minutes = fields.Integer(string="In Minutes", default=10)
    day_limit = fields.Integer(
        string="Posts per Day",
        default=500,
        help="What comes beyond is kept and becomes leads the next day.",
    )
    day_limit_hard = fields.Integer(
        string="Most Posts per Day",
        default=5000,
        help="What comes beyond is refused.",
    )
    date_told = fields.Date(string="Told of the Queue On", readonly=True, copy=False)

    consent_ids = fields.One2many(
        "crm.resource.web.consent", "form_id", string="Versions of the Consent"
    )
    submission_count = fields.Integer(compute="_compute_submission_count")

    _token_unique = models.Constraint("UNIQUE(token)", "There is such an address.")
    _check_limits = models.Constraint(
        "CHECK(min_seconds >= 0 AND repeat_minutes >= 0 AND address_limit > 0"
        " AND address_minutes > 0 AND day_limit > 0 AND day_limit_hard >= day_limit)",
        "Limits are at least 1, and the most posts per day are not fewer than the "
        "posts per day: correct the numbers.",
    )

    @api.depends_context("uid")
    def _compute_submission_count(self):
        counts = dict(
            self.env["crm.resource.web.submission"]._read_group(
                [("form_id", "in", self.ids)], ["form_id"], ["__count"]
            )
        )
        for form in self:
            form.submission_count = counts.get(form._origin, 0)

    @api.constrains("origins", "thanks_url")
    def _check_addresses(self):
        for form in self:
            for line in (form.origins or "").split():
                if not ORIGIN_RE.fullmatch(line.rstrip("/")):
                    raise ValidationError(
                        self.env._(
                            "“%(line)s” is no address of a site: enter one a line, "
                            "such as https://www.example.com.",
                            line=line,
                        )
                    )
            url = form.thanks_url
            is_allowed = is_link(url) and get_origin(url) in form._get_origins()
            if url and not is_allowed:
                raise ValidationError(
                    self.env._(
                        "The thank-you page %(url)s is on none of the allowed sites: "
                        "add its site, or use a text.",
                        url=url,
                    )
                )

    @api.constrains("color", "background")
    def _check_colors(self):
        for form in self:
            for color in (form.color, form.background):
                if color and not is_color(color):
                    raise ValidationError(
                        self.env._(
                            "“%(color)s” is no colour: enter one such as #714b67.",
                            color=color,
                        )
                    )

    @api.constrains("user_id", "assign", "team_id")
    def _check_whom(self):
        for form in self:
            if form.user_id.share:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work here: choose a colleague.",
                        person=form.user_id.name,
                    )
                )
            if form.assign == "team" and not form.team_id:
                raise ValidationError(
                    self.env._(
                        "%(form)s gives leads to a department: choose one.",
                        form=form.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Each form has an address that nobody guesses."""
        forms = super().create(
            [
                {**vals, "token": self._draw_token(), "date_told": False}
                for vals in vals_list
            ]
        )
        forms._keep_consent()
        return forms

    def write(self, vals):
        """Whoever changes the consent makes a new version of it."""
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in KEPT}
        result = super().write(vals)
        if "consent_text" in vals:
            self._keep_consent()
        return result

    def _draw_token(self):
        return secrets.token_urlsafe(24)

    def _keep_consent(self):
        # versions are written by nobody
        consents = self.env["crm.resource.web.consent"].sudo()
        for form in self:
            latest = form._get_consent()
            if form.consent_text and form.consent_text != latest.text:
                consents.create(
                    {
                        "form_id": form.id,
                        "version": latest.version + 1,
                        "text": form.consent_text,
                    }
                )

    def _get_consent(self):
        """Return the latest version of the consent, empty if there was none."""
        # what it says is shown to everybody
        return self.sudo().consent_ids.sorted("version")[-1:]

    def _get_origins(self):
        """Return the sites that may show the form and post to it, as browsers name
        them."""
        lines = (self.origins or "").split()
        return {get_origin(line) for line in lines} - {None}

    def action_renew_token(self):
        """Give the form another address: what was pasted into sites ends to work.

        :raise AccessError: if the user keeps no forms
        """
        self.check_access("write")
        for form in self:
            # nobody chooses it
            form.sudo().token = self._draw_token()
            form.message_post(
                body=self.env._(
                    "The form has a new address: paste it into the site anew."
                )
            )

    def action_open_submissions(self):
        """Open what came in by the form."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_web_submission_action"
            ),
            "domain": [("form_id", "=", self.id)],
        }
