from datetime import datetime, timedelta

from odoo import fields

from .common import CrmResourceCommon, new_user

NOW = datetime(2026, 3, 16, 8, 0)  # a Monday


class VisitCommon(CrmResourceCommon):
    """A salesperson with a customer, his leader, and others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = new_user(cls.env, "crm_leader", "sales_team.group_sale_salesman")
        cls.other = new_user(cls.env, "crm_other", "sales_team.group_sale_salesman")
        cls.executive = new_user(cls.env, "crm_exec", "crm_resource.group_executive")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.leader.id,
                "member_ids": cls.salesperson.ids,
            }
        )
        cls.customer = cls._make_customer(
            "Lake", user_id=cls.salesperson.id, team_id=cls.team.id
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ann", "parent_id": cls.customer.id, "email": "ann@example.com"}
        )
        cls.on_site = cls.env.ref("crm_resource.crm_resource_visit_type_visit")
        cls.phone = cls.env.ref("crm_resource.crm_resource_visit_type_phone")

    @classmethod
    def _make_visit(cls, user=None, customer=None, start=None, **values):
        user = user or cls.salesperson
        return (
            cls.env["crm.resource.visit"]
            .with_user(user)
            .create(
                {
                    "partner_id": (customer or cls.customer).id,
                    "type_id": cls.on_site.id,
                    "date_start": start or fields.Datetime.now() + timedelta(days=1),
                    **values,
                }
            )
        )
