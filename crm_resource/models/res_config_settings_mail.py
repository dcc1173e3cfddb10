from odoo import api, fields, models

ALIAS = "crm_resource.mail_alias_customer"


class ResConfigSettings(models.TransientModel):
    """The address at which customers write."""

    _inherit = "res.config.settings"

    crm_alias_name = fields.Char(string="Address for Mail of Customers")

    @api.model
    def get_values(self):
        """Add the present address."""
        alias = self.env.ref(ALIAS, raise_if_not_found=False)
        return {
            **super().get_values(),
            "crm_alias_name": alias.alias_name if alias else False,
        }

    def set_values(self):
        """Make, change or remove the address."""
        result = super().set_values()
        alias = self.env.ref(ALIAS, raise_if_not_found=False)
        name = (self.crm_alias_name or "").strip()
        if alias and not name:
            alias.unlink()
        elif alias and alias.alias_name != name:
            alias.alias_name = name
        elif name and not alias:
            alias = self.env["mail.alias"].create(
                {
                    "alias_name": name,
                    "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "alias_contact": "everyone",
                }
            )
            self.env["ir.model.data"]._update_xmlids(
                [{"xml_id": ALIAS, "record": alias, "noupdate": True}]
            )
        return result
