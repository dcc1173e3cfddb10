from .common import CrmResourceCommon, new_user


class TeamCommon(CrmResourceCommon):
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
