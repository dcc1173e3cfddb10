from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

OPEN = ("waiting", "pending")


class TierReview(models.Model):
    """Reviews are written by the steps of an approval, never by a call from outside:
    the access lines they come with let every internal user forge them. They are read by
    those who read the document."""

    _inherit = "tier.review"

    # the labels are the same; here they are translated
    status = fields.Selection(
        selection_add=[
            ("waiting", "Waiting"),
            ("pending", "Pending"),
            ("rejected", "Rejected"),
            ("approved", "Approved"),
            ("cancel", "Cancel"),
        ]
    )
    document_name = fields.Char(string="Document", compute="_compute_document_name")
    is_document_readable = fields.Boolean(
        compute="_compute_is_document_readable",
        search="_search_is_document_readable",
        groups=fields.NO_ACCESS,
    )

    @api.depends("model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_document_name(self):
        for review in self:
            document = review._get_document()
            is_readable = document and document.has_access("read")
            review.document_name = is_readable and document.display_name

    @api.depends("model", "res_id")
    @api.depends_context("uid")
    def _compute_is_document_readable(self):
        for review in self:
            document = review._get_document()
            review.is_document_readable = document and document.has_access("read")

    def _search_is_document_readable(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        domains = []
        for name in self.env["tier.definition"]._get_tier_validation_model_names():
            documents = self.env[name].sudo(False).with_context(active_test=False)
            if documents.has_access("read"):
                ids = documents._search([])
                domains.append(Domain("model", "=", name) & Domain("res_id", "in", ids))
        return Domain.OR(domains)

    def _get_document(self):
        """Return the document of a review as its user has it, None if it is gone."""
        if not self._has_resource_model():
            return None
        return self.env[self.model].sudo(False).browse(self.res_id).exists()

    # ------------------------------------------------------------
    # Who decides
    # ------------------------------------------------------------

    def _get_reviewers(self):
        """Let substitutes decide for those who are away; nobody for himself."""
        reviewers = super()._get_reviewers()
        today = fields.Date.context_today(self)
        # who stands in for whom is no secret to those who ask for an approval
        absences = self.env["crm.resource.absence"].sudo()
        for person in reviewers & absences._get_absent_users(today):
            substitute = absences._get_substitute(person, today)
            reviewers |= substitute - self.requested_by
        return reviewers

    @api.model
    def _refresh_reviewers(self):
        """See who decides today about what is open, and who is to have an activity."""
        # nobody's own work: it follows from absences and groups
        reviews = self.sudo().search([("status", "in", OPEN)])
        self.env.add_to_compute(self._fields["reviewer_ids"], reviews)
        reviews._sync_activities()

    def _sync_activities(self):
        for document in self._get_approval_documents():
            document._sync_approval_activities()

    def _get_approval_documents(self):
        """Return the documents these reviews are about, as far as they are ours."""
        mixin = self.pool["crm.resource.approval.mixin"]
        documents = []
        for model, reviews in self.grouped("model").items():
            if reviews._has_resource_model(model) and isinstance(
                self.env[model], mixin
            ):
                documents += self.env[model].browse(reviews.mapped("res_id")).exists()
        return documents

    def _send_review_reminder(self):
        """Remind everybody whose turn it is, also where these are several people."""
        documents = self._get_approval_documents()
        keys = {(document._name, document.id): document for document in documents}
        ours = self.filtered(lambda r: (r.model, r.res_id) in keys)
        for review in ours.filtered(lambda r: r.status == "pending"):
            keys[review.model, review.res_id].message_notify(
                body=review._notify_review_reminder_body(),
                partner_ids=review.reviewer_ids.partner_id.ids,
            )
        ours.write({"last_reminder_date": fields.Datetime.now()})
        return super(TierReview, self - ours)._send_review_reminder()

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    def _check_access(self, operation):
        if operation == "read" and not self.env.user.share:
            return super()._check_access(operation)
        return self, lambda: AccessError(
            self.env._(
                "Reviews are not edited: open the document, and approve or reject it "
                "there."
            )
        )

    def write(self, vals):
        """Whose turn it is has an activity."""
        result = super().write(vals)
        if "status" in vals:
            self._sync_activities()
        return result

    def unlink(self):
        """Activities go with the reviews."""
        documents = self._get_approval_documents()
        result = super().unlink()
        for document in documents:
            document._sync_approval_activities()
        return result

    def _update_review_status(self):
        # whose turn it is follows from the reviews, whoever looks
        return super(TierReview, self.sudo())._update_review_status()

    def action_open_document(self):
        """Open the document that a review is about."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
