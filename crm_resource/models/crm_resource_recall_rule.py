from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date
from odoo.tools.i18n import format_list

# days in which any rule of some working days comes to its end
EXAMPLE_SPAN = 366


class CrmResourceRecallRule(models.Model):
    """When a customer falls back to a public pool.

    The first rule whose scope holds a customer is his; days are working days of the
    company on which his salesperson was there.
    """

    _name = "crm.resource.recall.rule"
    _description = "Recall Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    pool_id = fields.Many2one(
        "crm.resource.pool",
        string="Falls Back To",
        required=True,
        check_company=True,
        ondelete="restrict",
    )

    # whom
    level_ids = fields.Many2many(
        "crm.resource.level",
        "crm_resource_recall_rule_level_rel",
        string="Levels",
        help="Empty: all.",
    )
    team_ids = fields.Many2many(
        "crm.team",
        "crm_resource_recall_rule_team_rel",
        string="Departments",
        check_company=True,
        help="These and the departments below them. Empty: all.",
    )
    lifecycle = fields.Selection(
        [
            ("all", "All Customers"),
            ("never", "Never Bought"),
            ("bought", "Bought Before"),
        ],
        string="Customers",
        required=True,
        default="all",
    )

    # when
    operator = fields.Selection(
        [("any", "As Soon As One Holds"), ("all", "When All Hold")],
        string="Conditions",
        required=True,
        default="any",
    )
    contact_days = fields.Integer(
        string="No Follow-Up For",
        help="Working days since the last contact. 0: not asked.",
    )
    opportunity_days = fields.Integer(
        string="No Opportunity For",
        help="Working days since the last one was entered or closed; with an open "
        "opportunity the condition does not hold. 0: not asked.",
    )
    deal_days = fields.Integer(
        string="No Deal For",
        help="Working days since the last purchase. 0: not asked.",
    )
    is_protection = fields.Boolean(
        string="Protection Ended",
        help="Holds from the day after the protection of the customer; never for those "
        "who were not protected.",
    )

    # how
    warn_days = fields.Integer(
        string="Warn Before",
        default=5,
        help="Working days before the recall on which the salesperson is told. Nobody "
        "is recalled without. 0: no warning.",
    )
    escalate_days = fields.Integer(
        string="Warn the Leader Before",
        default=2,
        help="Working days before the recall on which the leader of the department is "
        "told, too. 0: never.",
    )
    undo_days = fields.Integer(
        string="Undo Within",
        default=7,
        help="Days after a recall in which it can be undone. 0: never.",
    )
    explanation = fields.Text(compute="_compute_explanation")

    _check_numbers = models.Constraint(
        "CHECK(contact_days >= 0 AND opportunity_days >= 0 AND deal_days >= 0"
        " AND warn_days >= 0 AND escalate_days >= 0 AND undo_days >= 0)",
        "Days of a recall rule cannot be negative: enter 0 for what is not asked.",
    )
    _check_escalation = models.Constraint(
        "CHECK(escalate_days <= warn_days)",
        "The leader cannot be warned before the salesperson: enter for him as many "
        "days or less.",
    )

    @api.constrains(
        "contact_days",
        "opportunity_days",
        "deal_days",
        "is_protection",
        "operator",
        "warn_days",
    )
    def _check_conditions(self):
        for rule in self:
            days = rule._get_days()
            if not days and not rule.is_protection:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” asks for nothing: enter the days of at "
                        "least one condition, or choose that the protection ended.",
                        rule=rule.name,
                    )
                )
            shortest = rule._get_length()
            if days and rule.warn_days >= shortest:
                raise ValidationError(
                    self.env._(
                        "By the rule “%(rule)s” customers would be warned of at every "
                        "time: warn less than %(days)s days before.",
                        rule=rule.name,
                        days=shortest,
                    )
                )

    def _get_days(self):
        """Return the working days of the conditions that are asked, by their kind."""
        self.ensure_one()
        days = {kind: self[f"{kind}_days"] for kind in self._get_recall_words()}
        return {kind: number for kind, number in days.items() if number}

    def _get_length(self):
        """Return the working days in which a customer whom nobody touches is recalled,
        None if only his protection counts."""
        days = self._get_days().values()
        if not days:
            return None
        return min(days) if self.operator == "any" else max(days)

    @api.model
    def _get_recall_words(self):
        """Hook: the kinds of conditions there are, in words; from which day they count
        stands in the standing or in `_get_recall_sources`.

        :return: dict of tuples by kind: what prevents the recall; what does not take
            place, after which the number of days follows
        """
        return {
            "contact": (self.env._("a follow-up"), self.env._("no follow-up")),
            "opportunity": (self.env._("an opportunity"), self.env._("no opportunity")),
            "deal": (self.env._("an order"), self.env._("no order")),
        }

    def _get_cause(self, kinds, style="standard"):
        """Return in words which conditions lead to a recall.

        :param str style: how they are joined, as `format_list` has it
        """
        self.ensure_one()
        words = self._get_recall_words()
        causes = [
            self.env._(
                "%(lack)s for %(days)s working days",
                lack=words[kind][1],
                days=self[f"{kind}_days"],
            )
            for kind in kinds
            if kind in words
        ]
        if "protection" in kinds:
            causes.append(self.env._("protection ended"))
        return format_list(self.env, causes, style=style)

    @api.depends(
        "company_id",
        "pool_id",
        "level_ids",
        "team_ids",
        "lifecycle",
        "operator",
        "contact_days",
        "opportunity_days",
        "deal_days",
        "is_protection",
        "warn_days",
        "escalate_days",
        "undo_days",
    )
    def _compute_explanation(self):
        for rule in self:
            kinds = [*rule._get_days(), *(["protection"] if rule.is_protection else [])]
            rule.explanation = (
                kinds
                and rule.pool_id
                and rule.company_id
                and "\n".join(
                    (
                        rule._explain_scope(),
                        self.env._(
                            "They fall back to %(pool)s after: %(cause)s. Days of "
                            "leave of the salesperson do not count.",
                            pool=rule.pool_id.name,
                            cause=rule._get_cause(
                                kinds, "or" if rule.operator == "any" else "standard"
                            ),
                        ),
                        rule._explain_warning(),
                        rule._explain_example(),
                    )
                )
            )

    def _explain_scope(self):
        labels = dict(self._fields["lifecycle"]._description_selection(self.env))
        parts = [labels[self.lifecycle]]
        if self.level_ids:
            levels = format_list(self.env, self.level_ids.mapped("name"), style="or")
            parts.append(self.env._("level %(levels)s", levels=levels))
        if self.team_ids:
            teams = format_list(self.env, self.team_ids.mapped("name"))
            parts.append(self.env._("%(teams)s and departments below", teams=teams))
        return self.env._("Applies to: %(scope)s.", scope=", ".join(parts))

    def _explain_warning(self):
        if not self.warn_days:
            return self.env._("Nobody is warned before.")
        if not self.escalate_days:
            return self.env._(
                "The salesperson is warned %(days)s working days before.",
                days=self.warn_days,
            )
        return self.env._(
            "The salesperson is warned %(days)s working days before, the leader of his "
            "department %(leader)s working days before.",
            days=self.warn_days,
            leader=self.escalate_days,
        )

    def _format_day(self, day):
        """Return a day with the name of its weekday, as the language writes it."""
        weekday = format_date(self.env, day, date_format="EEE")
        return f"{weekday} {format_date(self.env, day)}"

    def _explain_example(self):
        """Return what happens to a customer whom nobody touches from today on."""
        start = fields.Date.context_today(self)
        # until the end of a protection, then one day more
        length = self._get_length() or 1
        end = fields.Date.add(start, days=7 * length + EXAMPLE_SPAN)
        days = self.env["crm.resource.clock"]._get_working_days(
            self.company_id, fields.Date.add(start, days=-7), end
        )
        place = sum(day <= start for day in days) - 1 + length
        if place >= len(days):
            return self.env._("The company has no working days: see its working hours.")
        recall, warning = days[place], days[max(place - self.warn_days, 0)]
        values = {
            "start": self._format_day(start),
            "recall": self._format_day(recall),
            "warning": self._format_day(warning),
        }
        if self.warn_days:
            return self.env._(
                "Example: touched or protected for the last time on %(start)s, a "
                "customer is recalled on %(recall)s; the salesperson is warned on "
                "%(warning)s.",
                **values,
            )
        return self.env._(
            "Example: touched or protected for the last time on %(start)s, a customer "
            "is recalled on %(recall)s.",
            **values,
        )
