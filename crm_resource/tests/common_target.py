from datetime import date, datetime

from .test_crm_resource_audience import AudienceCase

NOW = datetime(2026, 3, 16, 8)  # a Monday
MARCH = date(2026, 3, 1)


class TargetCommon(AudienceCase):
    """Two departments under one; the orders of the audience case do not count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([])._action_cancel()
        cls.target = cls.env["crm.resource.target"]
        cls.lake = cls._make_customer(
            "Lake", user_id=cls.users["north"].id, team_id=cls.north.id
        )

    @classmethod
    def _make_target(cls, amount, team=None, user=None, month=MARCH, **values):
        return cls.target.create(
            {
                "company_id": cls.company.id,
                "team_id": team.id if team else False,
                "user_id": cls.users[user].id if user else False,
                "date": month,
                "target": amount,
                **values,
            }
        )

    @classmethod
    def _sell(cls, amount, day, team=None, user="north"):
        return cls._make_order(
            cls.lake,
            amount,
            day,
            user_id=cls.users[user].id,
            team_id=(team or cls.north).id,
        )

    def _cell(self, value, team=None, user=None, month=3, figure="target"):
        return {
            "team_id": team.id if team else False,
            "user_id": self.users[user].id if user else False,
            "month": month,
            "figure": figure,
            "value": value,
        }

    def _set(self, user, *cells, measure="sales"):
        targets = self.target.with_user(self.users[user])
        return targets.set_targets(2026, measure, [*cells])

    def _get_grid(self, user="reviewer", has_results=True, **options):
        options = {"year": 2026, "measure": "sales", **options}
        self.env.flush_all()
        targets = self.target.with_user(self.users[user])
        return targets.get_grid(has_results=has_results, **options)

    def _get_rows(self, user="reviewer", **options):
        grid = self._get_grid(user, **options)
        return {row["name"]: row for row in grid["rows"]}

    def _get_row(self, team=None, user=None, **options):
        """Return a row as market staff see it."""
        team_id = team.id if team else False
        user_id = self.users[user].id if user else False
        [row] = [
            row
            for row in self._get_grid(**options)["rows"]
            if (row["team_id"], row["user_id"]) == (team_id, user_id)
        ]
        return row
