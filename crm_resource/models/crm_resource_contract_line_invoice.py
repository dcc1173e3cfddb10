from odoo import models
from odoo.fields import Command


class CrmResourceContractLine(models.Model):
    """What of a line an instalment puts on its invoice."""

    _inherit = "crm.resource.contract.line"

    def _prepare_invoice_line(self, instalment, taken):
        """Return the values of an invoice line that comes to exactly what an instalment
        takes of this line, None if that is nothing.

        The ERP computes taxes of quantity and price; where rounding would take it
        elsewhere, the amounts are given with the line, as for down payments. They hold
        until somebody changes the line.

        :param instalment: `crm.resource.contract.instalment`
        :param dict taken: see `instalment_share.take`
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        unit = self.currency_id.rounding
        quantity = taken["quantity"] / 10**digits
        base = taken["base"] * unit
        if (
            not quantity
            and not taken["base"]
            and not any(amount for amount, _base, _counts in taken["taxes"].values())
        ):
            return None
        values = {
            "name": f"{self.name}\n{instalment.name}",
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "quantity": quantity,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "crm_instalment_id": instalment.id,
            "crm_contract_id": self.contract_id.id,
        }
        if not quantity:
            # too little for a unit of quantity: the amount stands for itself
            values |= self._prepare_amount_line()
        # whoever invoices need not read orders and analytic accounts
        account = self.sudo().contract_id.analytic_account_id
        if account:
            values["analytic_distribution"] = {str(account.id): 100}
        # as above
        if order_line := self.sudo().order_line_id:
            values["sale_line_ids"] = [Command.link(order_line.id)]
        values["price_unit"] = self._get_invoice_price(values, base, taken["taxes"])
        if taken["taxes"]:
            values["extra_tax_data"] = self._prepare_extra_tax_data(values, base, taken)
        return values

    def _prepare_amount_line(self):
        """Return the values of a line without quantity, on the account of its
        product."""
        accounts = self.product_id.product_tmpl_id.get_product_accounts(
            fiscal_pos=self.contract_id.fiscal_position_id
        )
        account = accounts.get("income")
        return {
            "product_id": False,
            "product_uom_id": False,
            "quantity": 1,
            "discount": 0,
            **({"account_id": account.id} if account else {}),
        }

    def _get_invoice_price(self, values, base, taxes):
        """Return the unit price that comes to an amount: the contract's, if it does,
        else one with as few decimals as possible."""
        included = self.tax_ids.flatten_taxes_hierarchy().filtered("price_include").ids
        amount = base + self.currency_id.rounding * sum(
            tax for key, (tax, _base, _counts) in taxes.items() if int(key) in included
        )
        factor = values["quantity"] * (1 - values["discount"] / 100)
        tolerance = self.currency_id.rounding / 1000
        prices = [self.price_unit]
        if factor:
            digits = self.env["decimal.precision"].precision_get("Product Price")
            exact = amount / factor
            prices += [round(exact, places) for places in range(digits, 10)]
            prices.append(exact)
        for price in prices:
            if abs(price * factor - amount) < tolerance:
                return price
        return prices[-1]

    def _prepare_extra_tax_data(self, values, base, taken):
        """Return the amounts that the ERP takes for a line, whatever it would round."""
        unit = self.currency_id.rounding
        taxes = {
            str(tax.id): {"tax_amount_currency": 0.0, "base_amount_currency": base}
            for tax in self.tax_ids.flatten_taxes_hierarchy()
        }
        for key, (tax, tax_base, _counts) in taken["taxes"].items():
            taxes[key] = {
                "tax_amount_currency": tax * unit,
                "base_amount_currency": tax_base * unit,
            }
        return {
            "currency_id": self.currency_id.id,
            "price_unit": values["price_unit"],
            "discount": values["discount"],
            "quantity": values["quantity"],
            "manual_total_excluded_currency": base,
            "manual_tax_amounts": taxes,
        }
