from odoo.tools import SQL

from .common_nightly import MONDAY, NightlyCase


class CareCase(NightlyCase):
    """A salesperson with customers, another one, and rules of care."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.resource.care.rule"]
        cls.rules.search([]).active = False
        cls.cares = cls.env["crm.resource.care"]
        cls.customer = cls._make_held("Lamps Ltd")
        cls.mail = cls.env.ref("crm_resource.mail_template_care_birthday")
        cls.sms = cls.env.ref("crm_resource.sms_template_care_birthday")

    @classmethod
    def _make_contact(cls, name="Ann", customer=None, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "parent_id": (customer or cls.customer).id,
                "email": f"{name.lower()}@example.com",
                **values,
            }
        )

    @classmethod
    def _make_born(cls, month, day, name="Ann", **values):
        return cls._make_contact(name, birth_month=month, birth_day=day, **values)

    @classmethod
    def _make_rule(cls, **values):
        return cls.rules.create({"name": "Greet", "state": "running", **values})

    @classmethod
    def _make_holiday_rule(cls, month=3, day=2, **values):
        holiday = cls.env["crm.resource.holiday"].create(
            {"name": "Lamp Day", "month": month, "day": day}
        )
        values = {"occasion": "holiday", "holiday_id": holiday.id, **values}
        return cls._make_rule(**values)

    def _get_due(self, rule, first, last=None):
        """Return whom a rule cares for on which occasions."""
        self.env.flush_all()
        query = rule._get_due_query(first, last or first)
        if query is None:
            return []
        rows = self.env.execute_query_dict(
            SQL("SELECT * FROM (%s) due ORDER BY date_occasion, partner_id", query)
        )
        partners = self.env["res.partner"]
        return [
            (partners.browse(row["partner_id"]).name, row["date_occasion"])
            for row in rows
        ]

    def _run(self, day=MONDAY):
        self.rules._cron_care(day)
        self.env.invalidate_all()
        return self.cares.search([]).sorted(
            lambda care: (care.partner_id.id, care.date_occasion)
        )
