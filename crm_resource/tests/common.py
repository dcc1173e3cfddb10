from datetime import date

from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.base.tests.common import BaseCommon

TODAY = date(2026, 3, 15)


def new_user(env, login, groups="base.group_user", **values):
    """Create a user who does not log in: to hash a password takes longer than all the
    rest.

    :param str groups: external ids, separated by commas
    """
    return new_users(env, {login: groups}, **values)


def new_users(env, logins, **values):
    """Create several such users, which takes hardly longer than one.

    :param dict logins: the groups of each
    """
    return (
        env["res.users"]
        .with_context(no_reset_password=True, tracking_disable=True)
        .create(
            [
                {
                    "name": login,
                    "login": login,
                    "email": f"{login}@example.com",
                    "lang": "en_US",
                    "group_ids": [
                        Command.set([env.ref(group).id for group in groups.split(",")])
                    ],
                    **values,
                }
                for login, groups in logins.items()
            ]
        )
    )


class CrmResourceCommon(BaseCommon):
    """Users of each role, a policy with known limits, and factories of documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviewer, cls.clerk, cls.salesperson = new_users(
            cls.env,
            {
                "crm_reviewer": "crm_resource.group_reviewer",
                "crm_clerk": "crm_resource.group_clerk",
                "crm_sales": "sales_team.group_sale_salesman",
            },
        )
        cls.company = cls.env.company
        cls.currency = cls.company.currency_id
        cls.product = cls.env["product.product"].create(
            {"name": "Lamp", "type": "service", "list_price": 100, "taxes_id": False}
        )
        cls.env["crm.resource.level.policy"].search([]).active = False
        cls.env.flush_all()
        cls.policy = cls._make_policy(
            "Sales", [("Large", 1000, 0), ("Small", 0.01, 1000), ("New", 0, 0.01)]
        )
        cls.large, cls.small, cls.new = cls.policy.level_ids

    @classmethod
    def _make_policy(cls, name, levels, **values):
        return cls.env["crm.resource.level.policy"].create(
            {
                "name": name,
                "is_leading": True,
                "currency_id": cls.env.company.currency_id.id,
                "level_ids": [
                    Command.create(
                        {
                            "name": level,
                            "sequence": place,
                            "limit_from": begin,
                            "limit_to": end,
                        }
                    )
                    for place, (level, begin, end) in enumerate(levels)
                ],
                **values,
            }
        )

    @classmethod
    def _make_customer(cls, name="Customer", **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "customer_state": "approved",
                **values,
            }
        )

    @classmethod
    def _make_order(cls, partner, amount, day=TODAY, **values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        order.date_order = fields.Datetime.to_datetime(day)
        return order

    @classmethod
    def _get_sales(cls, **options):
        """Return the sales of the builder as a list of dicts."""
        cls.env.flush_all()
        return cls.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) sales ORDER BY date, amount",
                cls.env["crm.resource.sales"]._get_query(**options),
            )
        )

    @classmethod
    def _get_turnover(cls, partner, **options):
        """Return the sum of the sales of a customer."""
        return sum(
            row["amount"]
            for row in cls._get_sales(**options)
            if row["partner_id"] == partner.id
        )
