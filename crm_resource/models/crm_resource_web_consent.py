from odoo import fields, models


class CrmResourceWebConsent(models.Model):
    """What visitors agreed to: versions never change, as answers refer to them."""

    _name = "crm.resource.web.consent"
    _description = "Version of a Consent"
    _inherit = "crm.resource.web.cached.mixin"
    _order = "form_id, version desc"
    _rec_name = "version"

    form_id = fields.Many2one(
        "crm.resource.web.form",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    version = fields.Integer(required=True, readonly=True)
    text = fields.Text(required=True, readonly=True)

    _version_unique = models.Constraint(
        "UNIQUE(form_id, version)", "There is such a version."
    )
