from odoo import models
from odoo.fields import Domain


class CrmResourceForecast(models.Model):
    """Products chosen by their categories."""

    _inherit = "crm.resource.forecast"

    def _is_readonly(self):
        return self.state != "striving"

    def _get_product_catalog_domain(self):
        return super()._get_product_catalog_domain() & Domain("sale_ok", "=", True)

    def _get_action_add_from_catalog_extra_context(self):
        digits = self.env["crm.resource.forecast.line"]._fields["price_unit"]
        return {
            **super()._get_action_add_from_catalog_extra_context(),
            "product_catalog_currency_id": self.currency_id.id,
            "product_catalog_digits": digits.get_digits(self.env),
        }

    def _get_product_catalog_order_data(self, products, **kwargs):
        prices = self.pricelist_id._get_products_price(
            products, 1.0, currency=self.currency_id
        )
        data = super()._get_product_catalog_order_data(products, **kwargs)
        for product in products:
            data[product.id]["price"] = prices[product.id]
        return data

    def _get_product_catalog_record_lines(self, product_ids, **_kwargs):
        lines = self.line_ids.filtered(lambda line: line.product_id.id in product_ids)
        return lines.grouped("product_id")

    def _update_order_line_info(self, product_id, quantity, **_kwargs):
        """Set the quantity of a product.

        :param int product_id: of `product.product`
        :param float quantity: 0 takes the product out
        :return: the unit price
        """
        self.ensure_one()
        line = self.line_ids.filtered(lambda line: line.product_id.id == product_id)
        if quantity and line:
            line.quantity = quantity
        elif quantity:
            line = line.create(
                {
                    "forecast_id": self.id,
                    "product_id": product_id,
                    "quantity": quantity,
                }
            )
        else:
            line.unlink()
            product = self.env["product.product"].browse(product_id)
            return self.pricelist_id._get_product_price(
                product, 1.0, currency=self.currency_id
            )
        return line.price_unit * (1 - line.discount / 100)
