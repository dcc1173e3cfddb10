from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.i18n import format_list
from odoo.tools.misc import format_amount

from .lunar_calendar import Key, get_next, is_lunar_available

# occasions that are named
EXAMPLES = 3


class CrmResourceCareRule(models.Model):
    """What a rule does, in words."""

    _inherit = "crm.resource.care.rule"

    @api.depends(
        "amount_min",
        "anniversary",
        "channel",
        "date_end",
        "date_ids.date",
        "date_start",
        "days_before",
        "days_since_purchase",
        "domain",
        "gender",
        "gift_ids.amount",
        "gift_ids.level_id",
        "gift_ids.name",
        "gift_ids.product_id",
        "holiday_id",
        "interval_days",
        "level_ids",
        "occasion",
        "receiver",
        "region_ids",
        "special_name",
    )
    @api.depends_context("lang")
    def _compute_explanation(self):
        for rule in self:
            rule.explanation = "\n".join(
                filter(
                    None,
                    (
                        rule._explain_occasion(),
                        rule._explain_receivers(),
                        rule._explain_channel(),
                        rule._explain_gifts(),
                    ),
                )
            )

    def _explain_occasion(self):
        """Return when something is done, with the next days."""
        if self.occasion == "birthday":
            return self._explain_birthday()
        if self.occasion == "anniversary":
            return self._explain_anniversary()
        try:
            days = self._get_example_days()
        except UserError as error:
            return error.args[0]
        what = self.holiday_id.name or self.env._("Holiday")
        if self.occasion == "promotion":
            what = self.env._("Promotion")
        if not days:
            return self.env._("%(occasion)s: no day to come.", occasion=what)
        return self.env._(
            "%(occasion)s: next on %(days)s.",
            occasion=what,
            days=format_list(self.env, [format_date(self.env, day) for day in days]),
        )

    def _get_example_days(self):
        today = fields.Date.context_today(self)
        last = fields.Date.add(today, years=EXAMPLES)
        if self.occasion == "promotion":
            return self._get_promotion_days(today, last)[:EXAMPLES]
        return self.holiday_id and self.holiday_id._get_days(today, last)[:EXAMPLES]

    def _explain_birthday(self):
        today = fields.Date.context_today(self)
        leap = get_next(Key("solar", 2, 29, False, 0), today)
        if not is_lunar_available():
            return self.env._(
                "Birthday of the contact. Lunar birthdays are left out: the Python "
                "library “lunar_python” is not installed. Whoever was born on 29 "
                "February is greeted next on %(leap)s.",
                leap=format_date(self.env, leap),
            )
        return self.env._(
            "Birthday of the contact, by the Gregorian or the lunar calendar as he "
            "keeps it. For example, whoever was born on 29 February is greeted next on "
            "%(leap)s, on the 15th of the 8th lunar month on %(moon)s, and on the 30th "
            "of the 12th on %(eve)s.",
            leap=format_date(self.env, leap),
            moon=format_date(self.env, get_next(Key("lunar", 8, 15, False, 0), today)),
            eve=format_date(self.env, get_next(Key("lunar", 12, 30, False, 0), today)),
        )

    def _explain_anniversary(self):
        if self.anniversary == "first_order":
            return self.env._("Every year on the day of the first order.")
        if self.anniversary == "customer_since":
            return self.env._("Every year on the day the customer was registered.")
        if self.special_name:
            return self.env._(
                "Special days that contacts name “%(name)s”.", name=self.special_name
            )
        return self.env._("Special days of contacts, and their anniversaries.")

    def _explain_receivers(self):
        """Return whom it is for."""
        parts = []
        if self.level_ids:
            levels = format_list(self.env, self.level_ids.mapped("name"), style="or")
            parts.append(self.env._("level %(levels)s", levels=levels))
        if self.region_ids:
            parts.append(format_list(self.env, self.region_ids.mapped("name")))
        if self.gender:
            parts.append(self._get_choice("gender"))
        if self.amount_min:
            parts.append(
                self.env._(
                    "sales of at least %(amount)s in 12 months",
                    amount=format_amount(self.env, self.amount_min, self.currency_id),
                )
            )
        if self.days_since_purchase:
            parts.append(
                self.env._(
                    "no purchase for %(days)s days", days=self.days_since_purchase
                )
            )
        if self.domain and self.domain != "[]":
            parts.append(self.env._("further conditions"))
        receiver = self._get_choice("receiver")
        if not parts:
            return self.env._("For: %(receiver)s.", receiver=receiver)
        return self.env._(
            "For: %(receiver)s; customers with %(conditions)s.",
            receiver=receiver,
            conditions=format_list(self.env, parts),
        )

    def _explain_channel(self):
        channel = self._get_choice("channel")
        if self.days_before:
            return self.env._(
                "%(channel)s, %(days)s days before.",
                channel=channel,
                days=self.days_before,
            )
        return self.env._("%(channel)s, on the day.", channel=channel)

    def _explain_gifts(self):
        gifts = []
        for gift in self.gift_ids:
            text = gift._get_label()
            if gift.amount and gift.currency_id:
                amount = format_amount(self.env, gift.amount, gift.currency_id)
                text = f"{text} ({amount})"
            level = gift.level_id.name or self.env._("other levels")
            gifts.append(f"{level}: {text}")
        return gifts and self.env._("Gifts: %(gifts)s.", gifts="; ".join(gifts))

    def _get_choice(self, name):
        """Return the label of the value of a selection."""
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")
