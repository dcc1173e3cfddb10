from odoo import api, models
from odoo.exceptions import AccessError

from .tier_review import OPEN


class TierValidation(models.AbstractModel):
    """The steps of an approval: each checks what its user may do, and only then writes
    reviews, which nobody writes himself.

    The user stays the same under `sudo`: whether he is among the reviewers is asked as
    before.
    """

    _inherit = "tier.validation"

    @api.model_create_multi
    def create(self, vals_list):
        """How far an approval is follows from its reviews; nobody writes it."""
        for vals in vals_list:
            self._check_no_status(vals)
        return super().create(vals_list)

    def write(self, vals):
        """As `create`."""
        self._check_no_status(vals)
        return super().write(vals)

    def _check_no_status(self, vals):
        if "validation_status" in vals and not self.env.su:
            raise AccessError(
                self.env._("An approval is given by its steps: it is not written.")
            )

    def request_validation(self):
        """Ask for the approval of documents that the user may write."""
        self.check_access("write")  # checked: the reviews follow from the document
        return super(TierValidation, self.sudo()).request_validation()

    def restart_validation(self):
        """Begin anew with documents that the user may write."""
        self.check_access("write")  # as above
        return super(TierValidation, self.sudo()).restart_validation()

    def validate_tier(self):
        """Approve what it is the user's turn to decide.

        :raise AccessError: if there is none
        """
        self._check_turn()
        return super().validate_tier()

    def reject_tier(self):
        """Reject what it is the user's turn to decide.

        :raise AccessError: if there is none
        """
        self._check_turn()
        return super().reject_tier()

    def _check_turn(self):
        # who stands in for whom changes from day to day
        reviews = self.sudo().review_ids
        reviews.filtered(lambda r: r.status in OPEN)._renew_reviewers()
        for document in self:
            if not document.can_review:
                raise AccessError(
                    self.env._(
                        "This is not yours to decide, or not yet: reload the page."
                    )
                )

    def _validate_tier(self, tiers=False):
        self.check_access("read")  # only the user's own reviews are written
        return super(TierValidation, self.sudo())._validate_tier(tiers and tiers.sudo())

    def _rejected_tier(self, tiers=False):
        self.check_access("read")  # as above
        return super(TierValidation, self.sudo())._rejected_tier(tiers and tiers.sudo())

    def _update_counter(self, review_counter):
        # counts what waits for others, too
        return super(TierValidation, self.sudo())._update_counter(review_counter)

    def _tier_validation_check_write_allowed(self, vals):
        # everybody can set a context, only code is superuser
        if not self.env.su:
            self = self.with_context(skip_validation_check=False)
        return super()._tier_validation_check_write_allowed(vals)

    def _tier_validation_check_write_remove_reviews(self, vals):
        # who may write the document may bring it back to where no approval counts
        return super(
            TierValidation, self.sudo()
        )._tier_validation_check_write_remove_reviews(vals)

    def unlink(self):
        """Reviews go with their document."""
        self.check_access("unlink")  # checked: they go with what he may delete
        self.sudo().review_ids.unlink()
        return super().unlink()
