from odoo import api, models


class TierDefinition(models.Model):
    _inherit = "tier.definition"

    @api.model
    def _get_tier_validation_model_names(self):
        return [
            *super()._get_tier_validation_model_names(),
            "crm.resource.change.request",
            "crm.resource.contract",
            "crm.resource.stage.approval",
            "sale.order",
        ]

    def _cron_send_review_reminder(self):
        """First see who is away today, then remind those who are there."""
        self.env["tier.review"]._refresh_reviewers()
        return super()._cron_send_review_reminder()
