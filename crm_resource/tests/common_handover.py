from datetime import timedelta

from odoo import Command, fields

from .common import CrmResourceCommon, new_users


class HandoverCase(CrmResourceCommon):
    """A person with customers and documents, successors in two departments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        salesman = "sales_team.group_sale_salesman"
        cls.leader, cls.person, cls.first, cls.second, cls.stranger = new_users(
            cls.env,
            {
                f"handover_{name}": salesman
                for name in ("leader", "person", "first", "second", "stranger")
            },
        )
        cls.north, cls.south = cls.env["crm.team"].create(
            [
                {
                    "name": "North",
                    "user_id": cls.leader.id,
                    "member_ids": [Command.set((cls.person | cls.first).ids)],
                },
                {
                    "name": "South",
                    "user_id": False,
                    "member_ids": [Command.set((cls.second | cls.stranger).ids)],
                },
            ]
        )
        cls.customers = cls.env["res.partner"].union(
            *(
                cls._make_customer(
                    f"Customer {place}", user_id=cls.person.id, team_id=cls.north.id
                )
                for place in range(4)
            )
        )
        customer = cls.customers[0]
        own = {"user_id": cls.person.id, "team_id": cls.north.id}
        cls.order = cls._make_order(customer, 100, **own)
        cls.quotation = cls._make_quotation(customer, **own)
        cls.lead, cls.won = cls.env["crm.lead"].create(
            [
                {"name": name, "partner_id": customer.id, "type": "opportunity", **own}
                for name in ("Open", "Won")
            ]
        )
        cls.won.action_set_won()
        cls.activity = cls.env["mail.activity"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("sale.order"),
                "res_id": cls.quotation.id,
                "activity_type_id": cls.env.ref("mail.mail_activity_data_todo").id,
                "user_id": cls.person.id,
            }
        )
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        cls.event, cls.past_event, cls.private_event = cls.env["calendar.event"].create(
            [
                {
                    "name": name,
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "user_id": cls.person.id,
                    "privacy": privacy,
                    "partner_ids": [
                        Command.set((customer | cls.person.partner_id).ids)
                    ],
                }
                for name, start, privacy in (
                    ("To come", tomorrow, "public"),
                    ("Past", tomorrow - timedelta(days=9), "public"),
                    ("Private", tomorrow, "private"),
                )
            ]
        )
        cls.documents = {
            "quotation": cls.quotation,
            "order": cls.order,
            "lead": cls.lead,
            "activity": cls.activity,
            "event": cls.event,
        }
        cls.env.flush_all()

    @classmethod
    def _make_quotation(cls, customer, **values):
        return cls.env["sale.order"].create({"partner_id": customer.id, **values})

    def _prepare(self, *successors, by=None, **values):
        """Return a dialog for the person, as the reviewer if nobody is named."""
        return (
            self.env["crm.resource.handover"]
            .with_user(by or self.reviewer)
            .create(
                {
                    "user_id": self.person.id,
                    "reason": "Leaves",
                    "successor_ids": [
                        Command.create(
                            {"user_id": user.id, "domain": domain, "sequence": place}
                        )
                        for place, (user, domain) in enumerate(
                            s if isinstance(s, tuple) else (s, "[]") for s in successors
                        )
                    ],
                    **values,
                }
            )
        )

    def _hand_over(self, *successors, by=None, **values):
        handover = self._prepare(*successors, by=by, **values)
        handover.action_preview()
        handover.action_hand_over()
        return handover

    def _get_batch(self):
        return self.env["crm.resource.batch"].search(
            [("person_id", "=", self.person.id)], limit=1
        )

    def _return(self, batch):
        batch.date_return = fields.Date.today()
        with self.enter_registry_test_mode():
            self.env.ref("crm_resource.ir_cron_return").method_direct_trigger()
        self.env.invalidate_all()
