from datetime import datetime, timedelta

from odoo import fields

from .common_team import TeamCommon

NOW = datetime(2026, 3, 16, 8, 0)  # a Monday


class VisitCommon(TeamCommon):
    """Kinds of visits, and visits of the salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
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
