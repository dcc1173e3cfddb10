from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.base_tier_validation.tests.common import CommonTierValidation


@tagged("post_install", "-at_install")
class TestTierReview(CommonTierValidation):
    """Approvals go their way, and nobody forges one from outside."""

    def setUp(self):
        super().setUp()
        first, second = self.test_user_1, self.test_user_2
        self.requester = self.env["res.users"].create(
            {
                "name": "Requester",
                "login": "tier_requester",
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        self.tier_def_obj.search([]).active = False
        self.tier_def_obj.create(
            [
                {
                    "name": user.name,
                    "model_id": self.tester_model.id,
                    "review_type": "individual",
                    "reviewer_id": user.id,
                    "definition_domain": "[]",
                    "approve_sequence": True,
                    "sequence": sequence,
                    "has_comment": True,
                }
                for user, sequence in ((first, 20), (second, 10))
            ]
        )
        self.document = self.test_model.create({"test_field": 5})
        self.mine = self.document.with_user(self.requester)
        self.mine.request_validation()

    def _decide(self, user, reviews, decision="validate"):
        return (
            self.env["comment.wizard"]
            .with_user(user)
            .create(
                {
                    "res_model": self.document._name,
                    "res_id": self.document.id,
                    "review_ids": reviews.ids,
                    "validate_reject": decision,
                    "comment": "So be it",
                }
            )
            .add_comment()
        )

    def test_in_order(self):
        first, second = self.document.review_ids.sorted("sequence")
        self._decide(self.test_user_1, first)
        self.assertEqual(self.document.validation_status, "pending")
        self._decide(self.test_user_2, second)
        self.document.invalidate_recordset()
        self.assertEqual(self.document.validation_status, "validated")
        self.mine.action_confirm()
        self.assertEqual(self.document.state, "confirmed")

    def test_not_before_it_is_approved(self):
        with self.assertRaises(ValidationError):
            self.mine.action_confirm()

    def test_nobody_else_decides(self):
        first, second = self.document.review_ids.sorted("sequence")
        for user, review in (
            (self.requester, first),
            (self.test_user_1, second),
            (self.test_user_2, second),
            (self.test_user_2, first),
        ):
            for decision in ("validate", "reject"):
                with self.subTest(user=user.login, decision=decision):
                    with self.assertRaises(AccessError):
                        self._decide(user, review, decision)
        with self.assertRaises(AccessError):
            self.mine.reject_tier()
        self.assertFalse(
            self.document.review_ids.filtered(lambda r: r.done_by or r.comment)
        )

    def test_reviews_are_not_written_from_outside(self):
        review = self.document.review_ids[0]
        names = ["status", "done_by", "model", "res_id"]
        before = review.read(names)
        for user in (self.requester, self.test_user_1):
            forgeries = self._get_forgeries(
                review.with_user(user), self.document.with_user(user)
            )
            for method, args in forgeries:
                with self.subTest(user=user.login, method=method.__name__, args=args):
                    with self.assertRaises(UserError):  # both kinds are
                        method(*args)
                    self.env.invalidate_all()
                    self.assertEqual(review.read(names), before)

    def _get_forgeries(self, review, document):
        approved = {"status": "approved"}
        return [
            (review.write, [approved]),
            (review.web_save, [approved, {}]),
            (review.copy, []),
            (review.unlink, []),
            (
                review.create,
                [{"model": document._name, "res_id": document.id, **approved}],
            ),
            (document.write, [{"review_ids": [Command.update(review.id, approved)]}]),
            (document.write, [{"review_ids": [Command.clear()]}]),
        ]

    def test_no_context_opens_what_is_under_approval(self):
        with self.assertRaises(ValidationError):
            self.mine.with_context(skip_validation_check=True).test_field = 1
        self.assertEqual(self.document.test_field, 5)

    def test_counter(self):
        (entry,) = self.env["res.users"].with_user(self.test_user_1).review_user_count()
        self.assertEqual(entry["pending_count"], 1)
