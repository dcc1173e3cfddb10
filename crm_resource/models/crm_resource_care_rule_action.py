from odoo import api, fields, models


class CrmResourceCareRule(models.Model):
    """What people do with a rule."""

    _inherit = "crm.resource.care.rule"

    def action_start(self):
        """Let the rule run from today on."""
        for rule in self:
            rule._check_libraries()
        self.state = "running"
        return True

    def action_stop(self):
        """Let the rule rest."""
        self.state = "draft"
        return True

    def _check_libraries(self):
        """Check that the days of the rule can be computed.

        :raise UserError: if a library is missing
        """
        if self.occasion == "holiday" and self.holiday_id:
            today = fields.Date.context_today(self)
            self.holiday_id._get_days(today, today)

    @api.readonly
    def action_preview(self):
        """Open the dialog that shows what the rule would do."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_care_preview_action"
            ),
            "context": {"default_rule_id": self.id},
        }

    @api.readonly
    def action_open_care(self):
        """Open what was done by the rule."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_care_action"
            ),
            "domain": [("rule_id", "=", self.id)],
            "context": {},
        }
