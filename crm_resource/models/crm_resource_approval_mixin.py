from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import UserError

ACTIVITY = "crm_resource.mail_activity_data_approval"


class CrmResourceApprovalMixin(models.AbstractModel):
    """A document that takes effect only with the approvals that are defined for it.

    The steps, their order and who decides are the definitions' of `tier.validation`;
    here they get words, activities and an outcome.
    """

    _name = "crm.resource.approval.mixin"
    _description = "Document That Needs Approval"
    _inherit = ["tier.validation"]
    _tier_validation_manual_config = False

    approval_message = fields.Char(
        string="Approval",
        compute="_compute_approval_message",
        groups="base.group_user",
    )

    @api.depends("validation_status", "review_ids.todo_by", "review_ids.status")
    @api.depends_context("lang")
    def _compute_approval_message(self):
        for document in self:
            document.approval_message = document._get_approval_message()

    def _get_approval_message(self):
        """Return what the approval of the document waits for, False if it is given or
        not needed."""
        # how far the approval is concerns whoever has the document
        document = self.sudo()
        # the reviews count: only steps of the approval write them
        statuses = set(document.review_ids.mapped("status"))
        if not document._origin or statuses == {"approved"}:
            return False
        rejected = document.review_ids.filtered(lambda r: r.status == "rejected")[:1]
        if rejected:
            return self.env._(
                "%(person)s rejected it: %(reason)s",
                person=rejected.done_by.name,
                reason=rejected.comment or "",
            )
        if document.review_ids:
            waiting = document.review_ids.filtered(lambda r: r.status == "pending")
            return self.env._(
                "It waits for the approval by %(people)s.",
                people=", ".join(waiting.reviewer_ids.mapped("name")),
            )
        return document._is_approval_due() and document._get_due_message()

    def _get_due_message(self):
        """Return what is said while an approval is needed and nobody asked for it."""
        return self.env._("This needs approval: request it.")

    def _is_approval_due(self):
        """Return whether any definition of an approval holds for the document, whatever
        its state is."""
        definitions = self.env["tier.definition"].search(
            [
                ("model", "=", self._name),
                ("company_id", "in", [False, self.company_id.id]),
                ("active", "=", True),
            ]
        )
        return any(self.evaluate_tier(definition) for definition in definitions)

    def _get_authors(self):
        """Return whose document it is: none of them approves it where definitions ask
        for somebody else."""
        return self.create_uid

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def request_validation(self):
        """Ask for the approvals that are due.

        :raise UserError: if nobody could give one of them
        """
        reviews = super().request_validation()
        for review in reviews:
            if not review.reviewer_ids:
                raise UserError(
                    self.env._(
                        "Nobody else could approve “%(step)s”: ask your administrator "
                        "to name somebody in the definition of this approval.",
                        step=review.name,
                    )
                )
        return reviews

    def reject_tier(self):
        """Ask for the reason before anything is rejected."""
        self._check_turn()
        sequences = self._get_sequences_to_approve(self.env.user)
        return self._add_comment(
            "reject", self.review_ids.filtered(lambda r: r.sequence in sequences)
        )

    def _validate_tier(self, tiers=False):
        result = super()._validate_tier(tiers)
        self._conclude()
        return result

    def _rejected_tier(self, tiers=False):
        result = super()._rejected_tier(tiers)
        self._conclude()
        return result

    def _conclude(self):
        """Tell who asked how the approval ended, once it has."""
        if self.validation_status not in ("validated", "rejected"):
            return
        # he need not have the right to write what he decides about
        document = self.sudo()
        people = document.review_ids.requested_by - self.env.user
        document.message_post(
            body=document._get_approval_message() or self.env._("Approved."),
            partner_ids=people.partner_id.ids,
        )

    def _sync_approval_activities(self):
        """Let everybody whose decision is waited for have an activity, and nobody
        else."""
        documents = self.sudo()  # the activities are other people's
        waiting = documents.review_ids.filtered(lambda r: r.status == "pending")
        readable = {
            user: documents.with_user(user)._filtered_access("read").ids
            for user in waiting.reviewer_ids
        }
        steps = {
            (review.res_id, user): review
            for review in waiting
            for user in review.reviewer_ids
            if review.res_id in readable[user]
        }
        activities = documents.activity_search([ACTIVITY])
        keys = {
            activity: (activity.res_id, activity.user_id) for activity in activities
        }
        activities.filtered(lambda activity: keys[activity] not in steps).unlink()
        for res_id, user in steps.keys() - set(keys.values()):
            step = steps[res_id, user].with_context(lang=user.lang)
            documents.browse(res_id).activity_schedule(
                ACTIVITY, user_id=user.id, summary=step.name
            )

    # ------------------------------------------------------------
    # Views
    # ------------------------------------------------------------

    def _get_tier_validation_readonly_domain(self):
        return "validation_status not in ('no', False) and not hide_reviews"

    def _add_tier_validation_buttons(self, node, params):
        return self._render_node("crm_resource.approval_buttons", params)

    def _add_tier_validation_label(self, node, params):
        return self._render_node("crm_resource.approval_label", params)

    def _add_tier_validation_reviews(self, node, params):
        return self._render_node("crm_resource.approval_reviews", params)

    @api.model
    def _render_node(self, template, params):
        return etree.fromstring(self.env["ir.qweb"]._render(template, params))
