from odoo import api, models
from odoo.exceptions import AccessError


class TierReview(models.Model):
    """Reviews are written by the steps of an approval, never by a call from outside:
    the access lines they come with let every internal user forge them."""

    _inherit = "tier.review"

    @api.model_create_multi
    def create(self, vals_list):
        """Only steps of an approval create reviews."""
        self._check_step()
        return super().create(vals_list)

    def write(self, vals):
        """Only steps of an approval change reviews."""
        self._check_step()
        return super().write(vals)

    def unlink(self):
        """Only steps of an approval delete reviews."""
        self._check_step()
        return super().unlink()

    def _check_step(self):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "Reviews are not edited: open the document, and approve or reject "
                    "it there."
                )
            )

    def _update_review_status(self):
        # whose turn it is follows from the reviews, whoever looks
        return super(TierReview, self.sudo())._update_review_status()
