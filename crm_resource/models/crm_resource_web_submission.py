from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STATES = [
    ("new", "New"),
    ("queued", "Queued"),
    ("done", "Done"),
    ("spam", "Spam"),
    ("failed", "Failed"),
]
GC_LIMIT = 1000


class CrmResourceWebSubmission(models.Model):
    """What a visitor posted, as it came: nobody writes it."""

    _name = "crm.resource.web.submission"
    _description = "Web Submission"
    _order = "id desc"
    _rec_name = "label"

    form_id = fields.Many2one(
        "crm.resource.web.form",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    form_user_id = fields.Many2one(related="form_id.user_id", string="Responsible")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Selection(related="form_id.kind")
    state = fields.Selection(STATES, default="new", required=True, readonly=True)
    reason = fields.Selection(
        [("trap", "Filled in the hidden field"), ("quick", "Filled in too fast")],
        string="Why Spam",
        readonly=True,
    )
    date = fields.Date(
        string="Day", readonly=True, help="The company's day for which it counts."
    )
    label = fields.Char(string="From", readonly=True)
    email = fields.Char(string="E-mail", readonly=True)
    phone = fields.Char(readonly=True)
    # as they came: fields of the form may change later
    answers = fields.Json(string="Raw Answers", readonly=True)
    answer_text = fields.Text(string="Answers", compute="_compute_answer_text")
    origin = fields.Char(readonly=True, help="The site from which it was posted.")
    address_hash = fields.Char(
        string="Address, Hashed", readonly=True, groups="base.group_system"
    )
    consent_id = fields.Many2one(
        "crm.resource.web.consent", readonly=True, ondelete="restrict"
    )
    consent_text = fields.Text(related="consent_id.text", string="Agreed To")
    date_consent = fields.Datetime(string="Agreed On", readonly=True)

    lead_id = fields.Many2one("crm.lead", readonly=True, index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null"
    )
    user_id = fields.Many2one("res.users", string="Given To", readonly=True)
    date_done = fields.Datetime(string="Done On", readonly=True)
    message = fields.Text(string="Why It Failed", readonly=True)

    _waiting_idx = models.Index("(state, id) WHERE state IN ('new', 'queued')")
    _user_date_idx = models.Index("(user_id, date_done) WHERE user_id IS NOT NULL")

    @api.depends("answers")
    def _compute_answer_text(self):
        for submission in self:
            submission.answer_text = "\n".join(
                f"{answer['label']}: {answer['text']}"
                for answer in submission.answers or ()
            )

    def _get_values(self):
        """Return the answers that fill something, by what they fill."""
        return {
            answer["target"]: answer["text"]
            for answer in self.answers or ()
            if answer["target"]
        }

    def _get_note(self):
        """Return the answers as HTML in which nothing that was typed is markup."""
        lines = [Markup("<b>%s</b>") % self.form_id.name]
        for answer in self.answers or ():
            text = Markup("<br/>").join(answer["text"].split("\n"))
            lines.append(Markup("%s: %s") % (answer["label"], text))
        return Markup("<p>%s</p>") % Markup("<br/>").join(lines)

    def action_retry(self):
        """Have failed ones tried again, and treat spam as what it is not.

        :raise AccessError: if the user keeps no forms
        :raise UserError: if one of them is neither
        """
        self.form_id.check_access("write")
        if any(submission.state not in ("failed", "spam") for submission in self):
            raise UserError(
                self.env._(
                    "Only failed submissions and spam are tried again: choose those."
                )
            )
        # states are written by nobody
        self.sudo().write({"state": "new", "message": False})
        self._trigger()

    def action_open_document(self):
        """Open what became of it."""
        self.ensure_one()
        record = self.lead_id or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    @api.model
    def _trigger(self):
        # whoever posts may not read jobs
        cron = self.env.ref("crm_resource.ir_cron_web_submission").sudo()
        cron._trigger()

    @api.autovacuum
    def _gc_submissions(self):
        """Remove what is settled and older than the company keeps it."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT submission.id
                  FROM crm_resource_web_submission submission
                  JOIN res_company company ON company.id = submission.company_id
                 WHERE company.crm_web_days > 0
                   AND submission.state IN ('done', 'spam', 'failed')
                   AND submission.create_date
                       < %s - company.crm_web_days * INTERVAL '1 day'
                 LIMIT %s
                """,
                fields.Datetime.now(),
                GC_LIMIT,
            )
        )
        self.browse(key for (key,) in rows).unlink()
        return len(rows), len(rows) == GC_LIMIT
