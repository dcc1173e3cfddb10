from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import new_user
from .common_survey import DAY, SurveyCommon


@tagged("post_install", "-at_install")
class TestCrmResourceSurveyAnswer(SurveyCommon):
    def _get_satisfaction(self, partner):
        self.env["crm.resource.satisfaction"].invalidate_model()
        return self.env["crm.resource.satisfaction"].search(
            [("partner_id", "=", partner.id)]
        )

    def _get_activities(self, partner):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", partner.id),
                ("summary", "like", "Low score"),
            ]
        )

    def test_score_and_trend(self):
        """9 of 10 is 90 %, 4 on a scale of 1 to 5 is 75 %: 82.5 % in the mean."""
        first = self._answer_unasked(self.mine, nps=9, scale=4)
        self.assertEqual((first.score, first.group), (82.5, "promoter"))
        satisfaction = self._get_satisfaction(self.mine)
        self.assertEqual((satisfaction.score, satisfaction.trend), (82.5, False))
        self._set_today(DAY + timedelta(days=30))
        second = self._answer_unasked(self.mine, nps=6, scale=1)
        self.assertEqual((second.score, second.group), (30, "detractor"))
        satisfaction = self._get_satisfaction(self.mine)
        self.assertEqual(satisfaction.score, 30)
        self.assertEqual(satisfaction.score_previous, 82.5)
        self.assertAlmostEqual(satisfaction.score_average, 56.25)
        self.assertEqual(satisfaction.trend, "down")
        self.assertEqual(satisfaction.answer_count, 2)
        self.assertEqual(satisfaction.group, "detractor")
        # an answer without any figure changes none
        self._answer_unasked(self.mine, phone="1")
        satisfaction = self._get_satisfaction(self.mine)
        self.assertEqual((satisfaction.score, satisfaction.answer_count), (30, 3))
        second.input_id.unlink()
        satisfaction = self._get_satisfaction(self.mine)
        self.assertEqual((satisfaction.score, satisfaction.answer_count), (82.5, 2))

    def test_points_of_the_survey(self):
        self.survey.scoring_type = "scoring_without_answers"
        answer = self._answer_unasked(self.mine, nps=9)
        self.assertEqual((answer.score, answer.is_scored), (0, True))

    def test_customers_are_found_by_score(self):
        self._answer_unasked(self.mine, nps=3)
        found = self.env["res.partner"].with_user(self.reviewer)
        low = [("satisfaction_ids.score", "<=", 50), ("id", "in", self.both.ids)]
        self.assertEqual(found.search(low), self.mine)
        self.assertFalse(found.with_user(self.other).search(low))

    def test_nps_by_hand(self):
        """Promoters 2, passive 1, detractors 2 of 5: 0; of Mine 2 - 1 of 3: 33.3."""
        for partner, value in (
            (self.mine, 10),
            (self.mine, 9),
            (self.mine, 0),
            (self.others, 8),
            (self.others, 6),
        ):
            self._answer_unasked(partner, nps=value)
        self._answer_unasked(self.others, scale=5)
        report = self.env["crm.resource.survey.report"]
        mine = [("survey_id", "=", self.survey.id)]
        [row] = report._read_group(
            mine, [], ["nps:avg", "promoters:sum", "passives:sum", "detractors:sum"]
        )
        self.assertEqual(row, (0, 2, 1, 2))
        by_user = dict(report._read_group(mine, ["user_id"], ["nps:avg"]))
        self.assertAlmostEqual(by_user[self.salesperson], 100 / 3)
        self.assertEqual(by_user[self.other], -50)
        reached = report.with_user(self.other)
        self.assertEqual(reached._read_group(mine, [], ["nps:avg"]), [(-50,)])

    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.integers(0, 10), min_size=1, max_size=20))
    def test_nps_is_promoters_less_detractors(self, numbers):
        groups = [self.answers._get_group(number) for number in numbers]
        promoters, detractors = groups.count("promoter"), groups.count("detractor")
        self.assertEqual(promoters, sum(number >= 9 for number in numbers))
        self.assertEqual(detractors, sum(number <= 6 for number in numbers))
        self.assertEqual(len(numbers) - promoters - detractors, groups.count("passive"))

    def test_response_rate(self):
        """One of two answers: 50 %; what comes unasked does not count."""
        survey_round = self._make_round()
        survey_round.action_start()
        self._run()
        line = survey_round.line_ids.filtered(lambda one: one.customer_id == self.mine)
        self._answer(line.sudo().input_id, nps=9)
        self._answer_unasked(self.others, nps=9)
        report = self.env["crm.resource.survey.report"]
        [row] = report._read_group(
            [("round_id", "=", survey_round.id)],
            [],
            ["asked:sum", "answered:sum", "response_rate:avg"],
        )
        self.assertEqual(row, (2, 1, 50))
        by_user = dict(
            report._read_group(
                [("survey_id", "=", self.survey.id)], ["user_id"], ["response_rate:avg"]
            )
        )
        self.assertEqual(by_user, {self.salesperson: 100, self.other: 0})
        survey_round.invalidate_recordset()
        self.assertEqual(survey_round.response_rate, 50)

    def test_recognised_by_address(self):
        answer = self._answer_unasked(email="Mine@Example.com", nps=9)
        self.assertEqual((answer.customer_id, answer.origin), (self.mine, "address"))
        self.assertFalse(self._answer_unasked(email="nobody@example.com", nps=9))
        twin = self._make_customer("Twin", email="mine@example.com")
        self.assertFalse(self._answer_unasked(email="mine@example.com", nps=9))
        self.others.phone = "+32470000001"
        answer = self._answer_unasked(
            email="mine@example.com", nps=9, phone="+32 470 00 00 01"
        )
        self.assertEqual(answer.customer_id, self.others)
        twin.phone = "+32470000001"
        self.assertFalse(self._answer_unasked(nps=9, phone="+32470000001"))

    def test_contact_answers_for_the_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Mei", "parent_id": self.mine.id, "email": "mei@example.com"}
        )
        answer = self._answer_unasked(email="mei@example.com", nps=9)
        self.assertEqual(answer.customer_id, self.mine)
        self.assertEqual(answer.partner_id, contact)

    def test_low_score_once(self):
        self.survey.crm_low_score = 60
        self._answer_unasked(self.mine, nps=7)
        self.assertFalse(self._get_activities(self.mine))
        answer = self._answer_unasked(self.mine, nps=6)
        self.assertTrue(answer.is_low)
        activity = self._get_activities(self.mine)
        self.assertEqual(activity.user_id, self.salesperson)
        answer.input_id._mark_done()
        self.assertEqual(self._get_activities(self.mine), activity)
        self.assertEqual(
            self.answers.search_count([("input_id", "=", answer.input_id.id)]), 1
        )
        self.assertTrue(self._answer_unasked(self.mine, nps=2).is_low)
        self.assertEqual(self._get_activities(self.mine), activity, "no flood")

    def test_low_score_of_somebody_away(self):
        self.survey.crm_low_score = 50
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.salesperson.id,
                "date_from": DAY,
                "date_to": DAY,
                "substitute_id": self.other.id,
            }
        )
        self._answer_unasked(self.mine, nps=1)
        self.assertEqual(self._get_activities(self.mine).user_id, self.other)
        self.others.user_id = False
        survey_round = self._make_round(
            domain=repr([("id", "=", self.others.id)]), is_pool_included=True
        )
        survey_round.action_start()
        self._run()
        self._answer(survey_round.line_ids.sudo().input_id, nps=1)
        self.assertEqual(self._get_activities(self.others).user_id, self.reviewer)

    def test_test_entries_and_strangers(self):
        user_input = self.survey._create_answer(
            user=self.env.user, test_entry=True, email="mine@example.com"
        )
        self._answer(user_input, nps=1)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertFalse(self._answer_unasked(stranger, nps=1))
        self.assertFalse(self.answers.search([("survey_id", "=", self.survey.id)]))

    def test_rights(self):
        answer = self._answer_unasked(self.mine, nps=9)
        own = answer.with_user(self.salesperson)
        self.assertIn("Recommend us?: 9", own.answer_text)
        with self.assertRaises(AccessError):
            own.read(["input_id"])
        for user in (
            self.other,
            new_user(self.env, "crm_nobody"),
            new_user(self.env, "crm_portal", "base.group_portal"),
        ):
            with self.assertRaises(AccessError):
                answer.with_user(user).read(["score"])
        with self.assertRaises(AccessError):
            answer.with_user(self.reviewer).write({"score": 100})
        with self.assertRaises(AccessError):
            self.answers.with_user(self.reviewer).create({"score": 100})
        company = self.env["res.company"].create({"name": "Other"})
        answer.sudo().company_id = company
        with self.assertRaises(AccessError):
            answer.with_user(self.reviewer).read(["score"])

    def test_page_and_timeline(self):
        self._answer_unasked(self.mine, nps=8)
        self._set_today(DAY + timedelta(days=1))
        self._answer_unasked(self.mine, nps=9)
        mine = self.mine.with_user(self.salesperson)
        figures = {figure["key"]: figure for figure in mine.get_page_figures()}
        self.assertEqual(figures["satisfaction"]["value"], 0.9)
        self.assertEqual(figures["satisfaction"]["note"], "80 % before")
        self.assertEqual(figures["satisfaction"]["tone"], "success")
        self.assertEqual(mine.survey_answer_count, 2)
        events = mine.get_timeline(kinds=["survey"])["events"]
        self.assertEqual(len(events), 2)
        action = mine.action_open_survey_answers()
        self.assertEqual(len(self.answers.search(action["domain"])), 2)

    def test_merge_brings_answers_together(self):
        twin = self._make_customer("Twin", user_id=self.salesperson.id)
        self._answer_unasked(self.mine, nps=8)
        self._answer_unasked(twin, nps=10)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.mine | twin).ids, self.mine)
        self.assertEqual(self._get_satisfaction(self.mine).answer_count, 2)
        self.assertEqual(self._get_satisfaction(self.mine).score_average, 90)

    def test_anonymised(self):
        answer = self._answer_unasked(self.mine, nps=8, phone="0470 12 34 56")
        self.assertIn("0470", answer.answer_text)
        self.mine._anonymise()
        answer.invalidate_recordset()
        self.assertNotIn("0470", answer.answer_text)
        self.assertFalse(answer.input_id.email)
        self.assertEqual(answer.score, 80)

    def test_questions_are_checked(self):
        with self.assertRaisesRegex(ValidationError, "scale of 0 to 10"):
            self.scale.crm_role = "nps"
        with self.assertRaisesRegex(ValidationError, "asks for this already"):
            self.scale.write({"scale_min": 0, "scale_max": 10, "crm_role": "nps"})
        with self.assertRaisesRegex(ValidationError, "text of one line"):
            self.scale.crm_role = "phone"
