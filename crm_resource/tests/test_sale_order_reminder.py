from freezegun import freeze_time

from odoo.tests import tagged

from .common_team import TeamCommon


@freeze_time("2026-03-16 08:00:00")
@tagged("post_install", "-at_install")
class TestSaleOrderReminder(TeamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.env.ref("crm_resource.ir_cron_remind_unanswered")

    def _make_quotation(self, sent="2026-03-02 08:00:00", **values):
        quotation = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.salesperson.id,
                "validity_date": "2026-04-30",
                **values,
            }
        )
        with freeze_time(sent):
            quotation.action_quotation_sent()
        return quotation

    def _run(self):
        self.env["sale.order"]._cron_remind_unanswered()

    def test_reminds_once(self):
        waiting = self._make_quotation()
        fresh = self._make_quotation(sent="2026-03-12 08:00:00")
        expired = self._make_quotation(validity_date="2026-03-10")
        confirmed = self._make_quotation()
        confirmed.action_confirm()
        quotations = waiting | fresh | expired | confirmed
        found = quotations.search(
            [("is_unanswered", "=", True), ("id", "in", quotations.ids)]
        )
        self.assertEqual(found, waiting)
        self.assertEqual(quotations.filtered("is_unanswered"), waiting)
        with self.enter_registry_test_mode():
            self.job.method_direct_trigger()
            self.job.method_direct_trigger()
        self.assertEqual(len(waiting.activity_ids), 1)
        self.assertEqual(waiting.activity_ids.user_id, self.salesperson)
        self.assertFalse((quotations - waiting).activity_ids)

    def test_sent_again_reminds_again(self):
        quotation = self._make_quotation()
        quotation._remind_unanswered()
        quotation.activity_ids.unlink()
        quotation.state = "draft"
        quotation.action_quotation_sent()
        self.assertFalse(quotation.is_unanswered)
        self.assertFalse(quotation.date_answer_reminded)

    def test_never_where_the_company_says_so(self):
        quotation = self._make_quotation()
        self.company.crm_quotation_days = 0
        self.assertFalse(quotation.search([("is_unanswered", "=", True)]) & quotation)

    def test_my_day(self):
        quotation = self._make_quotation()
        start = self.env["crm.resource.start"].with_user(self.salesperson)
        rows = start._get_unanswered()["rows"]
        self.assertEqual([row["id"] for row in rows], quotation.ids)
