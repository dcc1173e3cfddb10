from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time
from odoo.tools import SQL

from .common import CrmResourceCommon, new_users

# a Monday
MONDAY = date(2026, 3, 2)
SALESMAN = "sales_team.group_sale_salesman"


class NightlyCase(CrmResourceCommon):
    """A department with a leader and a salesperson, another one without, and a job of
    the night that works on them: on a Monday, and without commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(freeze_time(datetime(2026, 3, 2, 2)))
        cls.north, cls.south, cls.leader, cls.executive = new_users(
            cls.env,
            {
                "night_north": SALESMAN,
                "night_south": SALESMAN,
                "night_leader": SALESMAN,
                "night_executive": "crm_resource.group_executive",
            },
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.north.ids)],
            }
        )
        # tests say themselves when customers bought and were contacted
        cls.standings = cls.env["crm.resource.standing"]
        cls.refresh = staticmethod(cls.registry[cls.standings._name]._ensure_refreshed)
        cls.classPatch(
            cls.registry[cls.standings._name], "_ensure_refreshed", lambda _self: None
        )

    def setUp(self):
        super().setUp()
        # the job commits; what it does between two commits is what is tested
        self.startPatcher(
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", self._commit_progress
            )
        )

    def _commit_progress(self, *_args, **_kwargs):
        self.env.flush_all()
        self.env.cr.execute(SQL("SAVEPOINT committed"))
        return float("inf")

    @classmethod
    def _make_held(cls, name="Customer", figures=None, **values):
        """Create a customer of the salesperson.

        :param dict figures: of the standing
        """
        values = {"user_id": cls.north.id, "team_id": cls.team.id, **values}
        customer = cls._make_customer(name, **values)
        customer.standing_id.write(figures or {})
        return customer
