from odoo import api, fields, models


class CrmResourcePriceAuthority(models.Model):
    """How far below the customer's price list salespeople may sell without asking."""

    _name = "crm.resource.price.authority"
    _description = "Price Authority"
    _order = "user_id, level_id, categ_id, id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('share', '=', False)]",
        help="Empty: everybody.",
    )
    level_id = fields.Many2one(
        "crm.resource.level",
        string="Customer Level",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: customers of all levels.",
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        ondelete="cascade",
        index="btree_not_null",
        help="With the categories below it. Empty: all products.",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    discount_max = fields.Float(
        string="Highest Discount (%)",
        digits="Discount",
        aggregator=False,
        help="Below the price of the customer's price list.",
    )
    active = fields.Boolean(default=True)

    _check_discount_max = models.Constraint(
        "CHECK(discount_max BETWEEN 0 AND 100)",
        "A discount lies between 0 and 100 %: correct it.",
    )
    _unique_conditions = models.UniqueIndex(
        "(COALESCE(user_id, 0), COALESCE(level_id, 0), COALESCE(categ_id, 0),"
        " COALESCE(company_id, 0)) WHERE active",
        "There is an authority for the same person, level and category already: change "
        "that one.",
    )

    @api.depends("user_id", "level_id", "categ_id", "discount_max")
    def _compute_display_name(self):
        for authority in self:
            conditions = authority.user_id, authority.level_id, authority.categ_id
            names = [record.display_name for record in conditions if record]
            authority.display_name = self.env._(
                "%(conditions)s: %(discount)s %%",
                conditions=", ".join(names) or self.env._("Everybody"),
                discount=authority.discount_max,
            )

    @api.model
    def _get_authorities(self, company):
        """Return the authorities that count in a company."""
        return self.search(
            [("company_id", "in", [False, company.id]), ("active", "=", True)]
        )

    def _get_discount_max(self, user, level, category):
        """Return the highest discount that one of these authorities allows, None if
        none of them says anything.

        Of those that fit the one with the most conditions counts; among these, the
        person's goes before the level's, and that before the nearest category's.

        :param user: `res.users`, who sells
        :param level: `crm.resource.level` of the customer
        :param category: `product.category` of the product
        :return: percentage
        """
        above = {int(key) for key in (category.parent_path or "").split("/") if key}
        fitting = self.filtered(
            lambda authority: (
                authority.user_id in (user, authority.user_id.browse())
                and authority.level_id in (level, level.browse())
                and (not authority.categ_id or authority.categ_id.id in above)
            )
        )
        if not fitting:
            return None
        return max(fitting, key=CrmResourcePriceAuthority._get_precedence).discount_max

    def _get_precedence(self):
        conditions = bool(self.user_id), bool(self.level_id), bool(self.categ_id)
        return sum(conditions), *conditions, len(self.categ_id.parent_path or "")
