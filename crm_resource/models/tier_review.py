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
        self.document_name = False
        for model, reviews in self.grouped("model").items():
            if not reviews._has_resource_model(model):
                continue
            ids = {*reviews.mapped("res_id")}
            documents = self.env[model].sudo(False).browse(ids)
            names = {
                document.id: document.display_name
                for document in documents.exists()._filtered_access("read")
            }
            for review in reviews:
                review.document_name = names.get(review.res_id)

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
            if name not in self.env:
                continue
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

    def _compute_reviewer_ids(self):
        """Let substitutes decide for those who are away, and nobody for himself."""
        result = super()._compute_reviewer_ids()
        today = fields.Date.today()  # not the caller's: he chooses the time zone
        # who stands in for whom is no secret to those who ask for an approval
        absences = self.env["crm.resource.absence"].sudo()
        substitutes = {
            person: absences._get_delegate(person, today)
            for person in self.reviewer_ids & absences._get_absent_users(today)
        }
        for review in self:
            for person in review.reviewer_ids & self.env["res.users"].union(
                *substitutes
            ):
                review.reviewer_ids |= substitutes[person]
            if review.definition_id.exclude_requester:
                review.reviewer_ids -= review._get_requesters()
        return result

    def _get_requesters(self):
        """Return whose document it is: who asked, whoever did it for him, who made
        it."""
        requesters = self.requested_by
        document = self._get_document()
        if isinstance(document, self.pool["crm.resource.approval.mixin"]):
            requesters |= document.sudo()._get_authors()  # whoever looks
        return requesters

    @api.model
    def _refresh_reviewers(self, people=None):
        """See who decides today about what is open, and who is to have an activity.

        :param people: only what these `res.users` decide about, None: everything
        """
        domain = Domain("status", "in", OPEN)
        if people is not None:
            domain &= Domain("reviewer_ids", "in", people.ids)
        # nobody's own work: it follows from absences and groups
        self.sudo().search(domain)._renew_reviewers()

    def _renew_reviewers(self):
        self.env.add_to_compute(self._fields["reviewer_ids"], self)
        self._sync_activities()

    def _sync_activities(self):
        for documents in self._get_approval_documents():
            documents._sync_approval_activities()

    def _get_approval_documents(self):
        """Return the documents these reviews are about, as far as they are ours, as a
        list with the records of each model."""
        mixin = self.pool["crm.resource.approval.mixin"]
        documents = []
        for model, reviews in self.grouped("model").items():
            if reviews._has_resource_model(model) and isinstance(
                self.env[model], mixin
            ):
                ids = {*reviews.mapped("res_id")}
                documents.append(self.env[model].browse(ids).exists())
        return documents

    def _send_review_reminder(self):
        """Remind everybody whose turn it is, also where these are several people."""
        keys = {
            (document._name, document.id): document
            for documents in self._get_approval_documents()
            for document in documents
        }
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
        found = self._get_approval_documents()
        result = super().unlink()
        for documents in found:
            documents._sync_approval_activities()
        return result

    def _update_review_status(self):
        # whose turn it is follows from the reviews, whoever looks
        # and nobody's context keeps it from being seen
        reviews = self.sudo().with_context(
            tier_validation_defer_compute_can_review=False
        )
        return super(TierReview, reviews)._update_review_status()

    def action_open_document(self):
        """Open the document that a review is about."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
