from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.crm_resource_batch_document import Move
from .common import CrmResourceCommon, new_users

STRANGER = "ask one of them"


@tagged("post_install", "-at_install")
class TestCrmLeadAssignment(CrmResourceCommon):
    """Leaders say whose an opportunity is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob, cls.eve, cls.leader, cls.all = new_users(
            cls.env,
            {
                "ann": "sales_team.group_sale_salesman",
                "bob": "sales_team.group_sale_salesman",
                "eve": "sales_team.group_sale_salesman",
                "leader": "sales_team.group_sale_salesman",
                "all": "sales_team.group_sale_salesman_all_leads",
            },
        )
        Team = cls.env["crm.team"]
        cls.north, cls.south = Team.create(
            [
                {
                    "name": "North",
                    "user_id": cls.leader.id,
                    "company_id": cls.company.id,
                    "member_ids": [Command.set((cls.ann | cls.bob).ids)],
                },
                {
                    "name": "South",
                    "company_id": cls.company.id,
                    "member_ids": [Command.set(cls.eve.ids)],
                },
            ]
        )
        cls.company.crm_is_lead_assigned = True

    def _make_lead(self, user=None, **values):
        Lead = self.env["crm.lead"].with_user(user or self.env.user)
        return Lead.create({"name": "Lamps", "type": "opportunity", **values})

    def _assign(self, leads, user, by, **values):
        wizard = (
            self.env["crm.resource.lead.assign"]
            .with_user(by)
            .create(
                {
                    "lead_ids": [Command.set(leads.ids)],
                    "user_id": user.id,
                    **values,
                }
            )
        )
        return wizard.action_assign()

    def _get_messages(self, user):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
            ]
        )

    # ------------------------------------------------------------
    # What salespeople enter
    # ------------------------------------------------------------

    def test_what_a_salesperson_enters_waits_for_his_leader(self):
        lead = self._make_lead(self.ann)
        self.assertRecordValues(
            lead,
            [
                {
                    "user_id": self.ann.id,
                    "assignment_state": "unassigned",
                    "assigner_id": False,
                }
            ],
        )
        self.assertFalse(lead.with_user(self.ann).may_assign)
        self.assertTrue(lead.with_user(self.leader).may_assign)
        self._assign(lead, self.ann, self.leader)
        self.assertRecordValues(
            lead,
            [
                {
                    "user_id": self.ann.id,
                    "assignment_state": "assigned",
                    "assigner_id": self.leader.id,
                }
            ],
        )

    def test_a_salesperson_enters_nothing_for_others(self):
        customer = self._make_customer(user_id=self.ann.id)
        values = {"user_id": self.bob.id, "partner_id": customer.id}
        with self.assertRaisesRegex(AccessError, STRANGER):
            self._make_lead(self.ann, **values)
        self.company.crm_is_lead_assigned = False
        self.assertEqual(self._make_lead(self.ann, **values).user_id, self.bob)

    def test_a_salesperson_moves_nothing(self):
        lead = self._make_lead(self.ann)
        for user in (self.bob, self.env["res.users"]):
            with self.assertRaisesRegex(AccessError, STRANGER):
                lead.with_user(self.ann).user_id = user
        free = self._make_lead(user_id=False, team_id=self.north.id)
        with self.assertRaises(AccessError):
            free.with_user(self.ann).user_id = self.ann
        self.assertFalse(free.user_id)

    def test_writing_the_same_person_again_changes_nothing(self):
        lead = self._make_lead(self.ann)
        lead.with_user(self.ann).write({"user_id": self.ann.id, "name": "Lights"})
        self.assertEqual(lead.name, "Lights")
        self.assertEqual(lead.assignment_state, "unassigned")

    def test_nobody_says_himself_that_it_is_assigned(self):
        lead = self._make_lead(
            self.ann, assignment_state="assigned", assigner_id=self.leader.id
        )
        self.assertEqual(lead.assignment_state, "unassigned")
        self.assertFalse(lead.assigner_id)
        for values in (
            {"assignment_state": "assigned"},
            {"assigner_id": self.leader.id},
        ):
            with self.assertRaisesRegex(AccessError, STRANGER):
                lead.with_user(self.ann).write(values)
        lead = (
            self.env["crm.lead"]
            .with_user(self.ann)
            .with_context(default_assignment_state="assigned")
            .create({"name": "Lamps"})
        )
        self.assertEqual(lead.assignment_state, "unassigned")

    def test_a_copy_is_assigned_anew(self):
        lead = self._make_lead(self.leader, user_id=self.ann.id, team_id=self.north.id)
        self.assertEqual(lead.assignment_state, "assigned")
        copied = lead.with_user(self.ann).copy()
        self.assertEqual(copied.user_id, self.ann)
        self.assertEqual(copied.assignment_state, "unassigned")

    # ------------------------------------------------------------
    # What leaders assign
    # ------------------------------------------------------------

    def test_leaders_assign_in_the_form_and_by_hand(self):
        lead = self._make_lead(self.leader, user_id=self.ann.id, team_id=self.north.id)
        self.assertEqual(lead.assignment_state, "assigned")
        lead.with_user(self.leader).user_id = self.bob
        self.assertEqual(lead.user_id, self.bob)
        lead.with_user(self.leader).user_id = False
        self.assertRecordValues(
            lead, [{"assignment_state": "unassigned", "assigner_id": False}]
        )

    def test_leaders_give_nothing_to_strangers_and_nothing_of_strangers(self):
        own = self._make_lead(self.ann)
        with self.assertRaisesRegex(AccessError, STRANGER):
            own.with_user(self.leader).user_id = self.eve
        with self.assertRaisesRegex(AccessError, STRANGER):
            self._assign(own, self.eve, self.leader)
        foreign = self._make_lead(self.eve, team_id=self.south.id)
        with self.assertRaises(AccessError):
            self._assign(foreign, self.ann, self.leader)
        self.assertEqual(own.user_id, self.ann)
        self.assertEqual(foreign.user_id, self.eve)

    def test_many_go_to_one_person_with_one_message(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Lamps {number}",
                    "type": "opportunity",
                    "user_id": False,
                    "team_id": self.north.id,
                }
                for number in range(3)
            ]
        )
        before = self._get_messages(self.bob)
        self._assign(leads, self.bob, self.leader, reason="Knows lamps")
        self.assertEqual(set(leads.mapped("assignment_state")), {"assigned"})
        self.assertEqual(leads.user_id, self.bob)
        self.assertEqual(leads.assigner_id, self.leader)
        message = self._get_messages(self.bob) - before
        self.assertEqual(len(message), 1)
        self.assertIn("3 opportunities", message.subject)
        self.assertIn("Knows lamps", message.body)
        for lead in leads:
            self.assertIn(lead.name, message.body)
            self.assertIn("Knows lamps", "".join(lead.message_ids.mapped("body")))

    def test_nobody_gets_what_he_cannot_take(self):
        lead = self._make_lead(self.ann)
        self.env["crm.resource.absence"].create(
            {
                "user_id": self.bob.id,
                "date_from": "2000-01-01",
                "date_to": "2999-12-31",
            }
        )
        with self.assertRaisesRegex(UserError, "is away"):
            self._assign(lead, self.bob, self.leader)
        self.bob.active = False
        with self.assertRaisesRegex(UserError, "does not work here"):
            self._assign(lead, self.bob, self.all)
        other = self.env["res.company"].create({"name": "Other"})
        self.eve.write({"company_ids": [Command.set(other.ids)], "company_id": other})
        with self.assertRaisesRegex(UserError, "this company"):
            self._assign(lead, self.eve, self.all)
        self.assertEqual(lead.user_id, self.ann)

    def test_what_is_won_or_lost_is_not_assigned(self):
        lead = self._make_lead(self.ann)
        lead.action_set_won()
        with self.assertRaisesRegex(UserError, "won or lost"):
            self._assign(lead, self.bob, self.leader)

    def test_a_salesperson_assigns_nothing_in_the_dialog(self):
        lead = self._make_lead(self.ann)
        for user in (self.ann, self.bob):
            with self.assertRaises(AccessError):
                self._assign(lead, user, self.ann)
        self.assertEqual(lead.assignment_state, "unassigned")

    def test_those_who_hand_over_assign(self):
        lead = self._make_lead(self.ann)
        batch = self.env["crm.resource.batch"].create({"kind": "hand_over"})
        kind = next(
            kind
            for kind in self.env["res.users"]._get_handover_models()
            if kind.key == "lead"
        )
        document = self.env["crm.resource.batch.document"].with_user(self.leader).sudo()
        document._pass(batch, kind, [Move(lead.id, self.ann.id, self.bob.id)])
        self.assertRecordValues(
            lead,
            [
                {
                    "user_id": self.bob.id,
                    "assignment_state": "assigned",
                    "assigner_id": self.leader.id,
                }
            ],
        )

    # ------------------------------------------------------------
    # Where everybody assigns
    # ------------------------------------------------------------

    def test_without_the_setting_whoever_has_a_salesperson_is_assigned(self):
        self.company.crm_is_lead_assigned = False
        lead = self._make_lead(self.ann)
        self.assertEqual(lead.assignment_state, "assigned")
        self.assertEqual(lead.assigner_id, self.ann)
        lead.with_user(self.ann).user_id = self.bob
        self.assertEqual(lead.user_id, self.bob)
        free = self._make_lead(user_id=False)
        self.assertEqual(free.assignment_state, "unassigned")

    def test_leaders_see_on_their_day_what_waits_for_them(self):
        lead = self._make_lead(self.ann, team_id=self.north.id)
        start = self.env["crm.resource.start"]
        rows = start.with_user(self.leader)._get_to_assign()["rows"]
        self.assertIn(lead.id, [row["id"] for row in rows])

        def get_keys(user):
            return {block["key"] for block in start.with_user(user)._get_start_blocks()}

        self.assertIn("to_assign", get_keys(self.leader))
        self.assertNotIn("to_assign", get_keys(self.ann))
        self.company.crm_is_lead_assigned = False
        self.assertNotIn("to_assign", get_keys(self.leader))

    # ------------------------------------------------------------
    # Ways round it
    # ------------------------------------------------------------

    def _new_company(self, *people):
        company = self.env["res.company"].create({"name": "Other"})
        for person in people:
            person.company_ids += company
        return company

    def test_through_another_company(self):
        """Where leaders assign, nobody moves an opportunity to a company without that
        setting, to give it to somebody there."""
        company = self._new_company(self.ann, self.bob)
        team = self.env["crm.team"].create({"name": "Far", "company_id": company.id})
        both = [company.id, self.company.id]
        for values in (
            {"company_id": company.id, "team_id": False},
            {"company_id": company.id, "team_id": team.id},
            {"team_id": team.id},
            {"company_id": company.id, "team_id": False, "user_id": self.bob.id},
        ):
            lead = self._make_lead(self.ann, team_id=self.north.id)
            its = lead.with_user(self.ann).with_context(allowed_company_ids=both)
            with self.subTest(values=values), self.assertRaises(UserError):
                its.write(values)
                its.flush_recordset()
                its.user_id = self.bob

    def test_of_no_company(self):
        """Nor gives one of no company away by looking at another company."""
        company = self._new_company(self.ann, self.bob)
        lead = self._make_lead(self.ann)
        lead.write({"company_id": False, "team_id": False})
        self.assertEqual((lead.company_id.id, lead.user_id), (False, self.ann))
        both = [company.id, self.company.id]
        its = lead.with_user(self.ann).with_context(allowed_company_ids=both)
        with self.assertRaisesRegex(AccessError, STRANGER):
            its.user_id = self.bob
        with self.assertRaisesRegex(AccessError, STRANGER):
            its.company_id = company

    def test_dialog_of_others(self):
        """The dialog names no opportunity that the person does not reach."""
        lead = self._make_lead(self.eve, name="Secret")
        self.env.invalidate_all()
        wizards = self.env["crm.resource.lead.assign"].with_user(self.ann)
        spec = {"lead_ids": {"fields": {"display_name": {}}}}
        for values, context in (
            ({}, {"default_lead_ids": lead.ids}),
            ({"lead_ids": [Command.set(lead.ids)]}, {}),
            ({}, {"default_lead_ids": [Command.link(lead.id)]}),
        ):
            with self.subTest(values=values, context=context):
                its = wizards.with_context(**context)
                try:
                    told = str(its.onchange(values, [*values], spec))
                except AccessError as error:
                    told = str(error)
                self.assertNotIn("Secret", told)

    def test_merged(self):
        """To merge opportunities gives none away."""
        mine = self._make_lead(self.ann)
        lead = self._make_lead(self.env.user, user_id=self.bob.id)
        for leads in (mine | lead, lead | mine):
            with self.assertRaises(UserError):
                leads.with_user(self.ann).merge_opportunity(user_id=self.bob.id)
        self.assertEqual(mine.exists().user_id, self.ann)

    def test_converted(self):
        """To convert a lead gives it to nobody else."""
        lead = self._make_lead(self.ann, type="lead")
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.ann)
            .with_context(active_model="crm.lead", active_ids=lead.ids)
            .create({"name": "convert", "user_id": self.bob.id, "lead_id": lead.id})
        )
        with self.assertRaisesRegex(AccessError, STRANGER):
            wizard.action_apply()

    def test_reason_is_no_markup(self):
        lead = self._make_lead(user_id=self.ann.id)
        reason = '<a href="https://evil.example.com">x</a>'
        self._assign(lead, self.bob, self.leader, reason=reason)
        for messages in (lead.message_ids, self._get_messages(self.bob)):
            bodies = " ".join(messages.mapped("body"))
            self.assertNotIn(reason, bodies)
            self.assertIn("&lt;a href", bodies)

    def test_people_of_another_company(self):
        """Nobody is given what is of a company that he does not belong to."""
        company = self._new_company()
        far = new_users(
            self.env,
            {"far": "sales_team.group_sale_salesman"},
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        lead = self._make_lead(self.ann)
        with self.assertRaises(UserError):
            self._assign(lead, far, self.all)
