from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_forecast import ForecastCommon


@freeze_time("2026-03-16")
@tagged("post_install", "-at_install")
class TestLeadClose(ForecastCommon):
    def _make_unknown(self, **values):
        return self._make_lead(
            partner_id=False,
            **{
                "partner_name": "Pond Ltd",
                "contact_name": "Bea",
                "email_from": "bea@pond.example.com",
                "street": "Shore 1",
                "city": "Pondville",
                **values,
            },
        )

    def test_whoever_is_won_becomes_a_customer_in_review(self):
        lead = self._make_unknown()
        lead.action_set_won()
        customer = lead.partner_id.commercial_partner_id
        self.assertRecordValues(
            customer,
            [
                {
                    "name": "Pond Ltd",
                    "customer_state": "submitted",
                    "submitted_by_id": self.salesperson.id,
                    "user_id": self.salesperson.id,
                    "team_id": self.team.id,
                    "street": "Shore 1",
                    "city": "Pondville",
                    "email": "bea@pond.example.com",
                }
            ],
        )
        self.assertEqual(lead.partner_id.name, "Bea")

    def test_who_is_there_already_is_linked(self):
        known = self._make_customer("Pond Ltd", user_id=self.other.id)
        lead = self._make_unknown(email_from=False)
        lead.action_set_won()
        self.assertEqual(lead.partner_id, known)
        self.assertEqual(known.customer_state, "approved")
        self.assertEqual(known.user_id, self.other)

    def test_only_where_the_company_wants_it(self):
        self.company.crm_lead_makes_customer = False
        lead = self._make_unknown()
        lead.action_set_won()
        self.assertFalse(lead.partner_id)

    def test_lost_ones_make_nobody(self):
        lead = self._make_unknown()
        lead.action_set_lost(lost_reason_id=self.price.id)
        self.assertFalse(lead.partner_id)

    def _get_dialog(self, leads, **values):
        return (
            self.env["crm.lead.lost"]
            .with_user(self.salesperson)
            .create({"lead_ids": leads.ids, **values})
        )

    def test_a_reason_is_asked_for(self):
        leads = self._make_lead() | self._make_lead()
        with self.assertRaisesRegex(UserError, "choose a reason"):
            self._get_dialog(leads).action_lost_reason_apply()
        self.assertEqual(set(leads.mapped("won_status")), {"pending"})
        self.company.crm_lead_asks_reason = False
        self._get_dialog(leads).action_lost_reason_apply()
        self.assertEqual(set(leads.mapped("won_status")), {"lost"})

    def test_other_reasons_want_words(self):
        lead = self._make_lead()
        dialog = self._get_dialog(lead, lost_reason_id=self.other_reason.id)
        with self.assertRaisesRegex(UserError, "write in words"):
            dialog.action_lost_reason_apply()
        dialog.lost_feedback = "The hall burnt down"
        dialog.action_lost_reason_apply()
        self.assertEqual(lead.lost_reason_id, self.other_reason)

    def test_gate_names_required_steps(self):
        first, second, *_rest, won = self.env["crm.stage"].search([])
        first.is_plan_required = True
        leads = self._make_lead() | self._make_lead(name="Old hall")
        leads.stage_id = first
        steps = self.env["crm.resource.plan.step"].create(
            [
                {
                    "lead_id": leads[1].id,
                    "name": name,
                    "date": "2026-03-20",
                    "is_required": True,
                    "stage_id": stage,
                }
                for name, stage in (("Samples", first.id), ("Contract", False))
            ]
        )
        with self.assertRaisesRegex(UserError, "Old hall: Samples$"):
            leads.stage_id = second
        self.assertEqual(leads.stage_id, first)
        with self.assertRaisesRegex(UserError, "Old hall: .*Contract"):
            leads.action_set_won()
        steps[0].effect = "They liked them"
        steps[0].action_done()
        leads.stage_id = second
        leads.stage_id = first  # back is free
        steps[1].action_cancel()
        leads.action_set_won()
        self.assertEqual(leads.stage_id, won)
