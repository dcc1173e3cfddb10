from odoo import models
from odoo.exceptions import AccessError


class CommentWizard(models.TransientModel):
    _inherit = "comment.wizard"

    def add_comment(self):
        """Decide about the reviews whose turn it is and that are the user's; the dialog
        takes any that are named to it.

        :raise AccessError: if another one is named
        """
        self.ensure_one()
        if not self.env.su:
            self._check_own_reviews()
        # both are checked: his reviews, of a document that he sees
        return super(CommentWizard, self.sudo()).add_comment()

    def _check_own_reviews(self):
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        record._check_turn()
        sequences = record._get_sequences_to_approve(self.env.user)
        own = record.review_ids.filtered(
            lambda review: (
                review.sequence in sequences
                and review.status in ("waiting", "pending")
                and self.env.user in review.reviewer_ids
            )
        )
        if not self.review_ids or self.review_ids - own:
            raise AccessError(
                self.env._("This is not yours to decide, or not yet: reload the page.")
            )
