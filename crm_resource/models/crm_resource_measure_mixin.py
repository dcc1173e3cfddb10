from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmResourceMeasureMixin(models.AbstractModel):
    """By what customers are measured in a currency: for one company, or for all."""

    _name = "crm.resource.measure.mixin"
    _description = "Measures Customers"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )

    @api.constrains("company_id")
    def _check_company_id(self):
        """Nobody hands it to companies for which he may not keep it."""
        self.sudo(False).check_access("write")  # constraints are checked as root

    @api.constrains("currency_id", "company_id")
    def _check_currency_id(self):
        """Without a rate, amounts would silently be converted one to one."""
        for measure in self:
            for company in measure._get_companies():
                if company.currency_id != measure.currency_id:
                    for currency in measure.currency_id | company.currency_id:
                        measure._check_rate(currency, company)

    @api.model
    def _check_rate(self, currency, company):
        """Refuse a currency that has no rate in a company.

        The currency that the rates are relative to has none, or one of 1."""
        rate = self.env["res.currency.rate"].sudo()  # rates are no secret
        domain = [("company_id", "in", (False, company.root_id.id))]
        if currency == company.currency_id or rate.search_count(
            [*domain, ("currency_id", "=", currency.id)], limit=1
        ):
            return
        raise ValidationError(
            self.env._(
                "%(currency)s has no rate in %(company)s: enter one under Currencies, "
                "or choose another currency.",
                currency=currency.name,
                company=company.name,
            )
        )

    def _get_companies(self):
        """Return the companies it is for."""
        self.ensure_one()
        # a common one is for all companies, also those its author does not see
        everywhere = self.env["res.company"].sudo()
        return self.company_id or everywhere.search([("active", "=", True)])

    def copy_data(self, default=None):
        """A copy has a name of its own."""
        return [
            {**values, "name": self.env._("%s (copy)", measure.name)}
            for measure, values in zip(self, super().copy_data(default), strict=True)
        ]
