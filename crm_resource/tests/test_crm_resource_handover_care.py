from odoo import Command, fields
from odoo.tests import tagged

from .common_handover import HandoverCase


@tagged("post_install", "-at_install")
class TestHandoverOfCare(HandoverCase):
    """What of lifecycle, care and evaluations passes with a person's work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.customers[0]
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier", "supplier_rank": 1}
        )
        cls.evaluations = cls.env["crm.resource.evaluation"].union(
            *(
                cls._make_evaluation(target, partner)
                for target, partner in (
                    ("customer", cls.customer),
                    ("customer", cls.customers[1]),
                    ("supplier", cls.supplier),
                )
            )
        )
        cls.waiting, cls.done, cls.foreign = cls.evaluations
        cls.done.score_ids.write({"points": 50})
        cls.done.score_ids.is_given = True
        cls.done.action_finish()

    @classmethod
    def _make_evaluation(cls, target, partner):
        scheme = cls.env["crm.resource.evaluation.scheme"].create(
            {
                "name": f"{target} {partner.id}",
                "target": target,
                "evaluator_ids": [Command.link(cls.reviewer.id)],
                "criterion_ids": [
                    Command.create({"name": "Opinion", "source": "points", "weight": 1})
                ],
            }
        )
        return cls.env["crm.resource.evaluation"].create(
            {
                "scheme_id": scheme.id,
                "partner_id": partner.id,
                "evaluator_id": cls.person.id,
            }
        )

    def test_what_waits_passes(self):
        self.assertEqual(self.done.state, "done")
        self._hand_over(self.first)
        self.assertEqual(self.waiting.evaluator_id, self.first)
        self.assertEqual(self.foreign.evaluator_id, self.first)
        # who said it is history
        self.assertEqual(self.done.evaluator_id, self.person)

    def test_what_passed_for_a_time_returns(self):
        later = fields.Date.add(fields.Date.today(), days=5)
        self._hand_over(self.first, date_return=later)
        self.assertEqual(self.waiting.evaluator_id, self.first)
        self._return(self._get_batch())
        self.assertEqual(self.waiting.evaluator_id, self.person)

    def test_it_goes_where_the_customer_goes(self):
        rest = f"[('id', '!=', {self.customer.id})]"
        self._hand_over(
            (self.first, f"[('id', '=', {self.customer.id})]"), (self.second, rest)
        )
        self.assertEqual(self.waiting.evaluator_id, self.first)
        self.assertEqual(self.customers[1].user_id, self.second)

    def test_leaders_pass_what_they_read(self):
        self._hand_over(self.first, by=self.leader)
        self.assertEqual(self.waiting.evaluator_id, self.first)
        # a supplier is no business of the department
        self.assertEqual(self.foreign.evaluator_id, self.person)

    def test_cases_go_with_the_customer_and_deeds_stay(self):
        today = fields.Date.today()
        case = self.env["crm.resource.churn"].create(
            {
                "name": "C",
                "partner_id": self.customer.id,
                "user_id": self.person.id,
                "company_id": self.company.id,
                "currency_id": self.currency.id,
                "cause": "months",
                "date": today,
                "date_open": today,
                "state": "deferred",
                "date_deferred_to": fields.Date.add(today, days=9),
                "retention_ids": [
                    Command.create(
                        {
                            "name": "R",
                            "partner_id": self.customer.id,
                            "method_id": self.env.ref(
                                "crm_resource.crm_resource_retention_method_visit"
                            ).id,
                            "user_id": self.person.id,
                            "date": today,
                            "date_to": fields.Date.add(today, days=9),
                        }
                    )
                ],
            }
        )
        pin = self.env["crm.resource.pin"].create(
            {"partner_id": self.customer.id, "user_id": self.person.id}
        )
        self._hand_over(self.first)
        self.assertEqual(case.user_id, self.first)
        # he deals with what his predecessor deferred, and reads what that one did
        case.with_user(self.first)._check_actor()
        case.retention_ids.with_user(self.first).check_access("read")
        self.assertEqual(case.retention_ids.user_id, self.person)
        self.assertEqual(pin.user_id, self.person)
