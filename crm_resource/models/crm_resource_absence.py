from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# what says who stands in for whom, and when
DELEGATING = {"user_id", "date_from", "date_to", "substitute_id"}


class CrmResourceAbsence(models.Model):
    _name = "crm.resource.absence"
    _description = "Absence"
    _inherit = ["mail.thread", "crm.resource.import.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="cascade",
        tracking=True,
    )
    date_from = fields.Date(string="First Day", required=True, tracking=True)
    date_to = fields.Date(string="Last Day", required=True, tracking=True)
    substitute_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        index="btree_not_null",
        tracking=True,
    )
    reason = fields.Char()
    is_delegating = fields.Boolean(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Whether the substitute approves for the person, too: he does if the "
        "person himself, or an administrator, says so.",
    )
    is_led = fields.Boolean(
        compute="_compute_is_led", search="_search_is_led", groups=fields.NO_ACCESS
    )

    _check_dates = models.Constraint(
        "CHECK(date_from <= date_to)",
        "An absence cannot end before it begins: correct the last day.",
    )
    _check_substitute = models.Constraint(
        "CHECK(substitute_id IS NULL OR substitute_id <> user_id)",
        "Nobody can stand in for himself: choose another substitute.",
    )

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_led(self):
        led = self.env["crm.team"]._get_led_members()
        for absence in self:
            absence.is_led = absence.user_id in led

    def _search_is_led(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        return Domain("user_id", "in", self.env["crm.team"]._get_led_members().ids)

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever stands in decides from now on what is to be approved."""
        absences = super().create(vals_list)
        for absence in absences:
            absence._delegate(absence._may_delegate())
        self.env["tier.review"]._refresh_reviewers(absences.user_id)
        return absences

    def write(self, vals):
        """An absence is not moved to somebody whose absences the user may not enter."""
        people = self.user_id
        result = super().write(vals)
        if "user_id" in vals:
            self.check_access("write")
        if not DELEGATING.isdisjoint(vals):
            for absence in self:
                if not absence._may_delegate():
                    absence._delegate(False)
                elif "substitute_id" in vals:
                    absence._delegate(True)
            self.env["tier.review"]._refresh_reviewers(people | self.user_id)
        return result

    def unlink(self):
        """Whoever is back decides himself."""
        people = self.user_id
        result = super().unlink()
        self.env["tier.review"]._refresh_reviewers(people)
        return result

    def _may_delegate(self):
        """Return whether the user chooses who approves for the absent person: whoever
        enters absences for others does not."""
        return (
            self.env.su
            or self.user_id == self.env.user
            or self.env.user.has_group("base.group_erp_manager")
        )

    def _delegate(self, is_delegating):
        # nobody writes it by himself
        self.sudo().is_delegating = is_delegating

    @api.constrains("substitute_id")
    def _check_substitute_works(self):
        for substitute in self.substitute_id:
            if substitute.share or not substitute.active:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work here: choose a colleague as "
                        "substitute.",
                        person=substitute.name,
                    )
                )

    @api.constrains("user_id", "date_from", "date_to")
    def _check_overlap(self):
        for absence in self:
            other = self.search(
                [
                    ("id", "!=", absence.id),
                    ("user_id", "=", absence.user_id.id),
                    ("date_from", "<=", absence.date_to),
                    ("date_to", ">=", absence.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(person)s is away from %(first)s to %(last)s already: "
                        "change that absence instead.",
                        person=absence.user_id.name,
                        first=other.date_from,
                        last=other.date_to,
                    )
                )

    @api.model
    def _get_absent_users(self, date_from, date_to=None):
        """Return the users who are away on any day of a span of days.

        Working time leaves of a user's own resource count as absence, too: whoever
        keeps them in another application need not enter them twice.

        :param date date_from: first day
        :param date date_to: last day, the first one if None
        :return: `res.users` records
        """
        date_to = date_to or date_from
        absences = self.search(
            [("date_from", "<=", date_to), ("date_to", ">=", date_from)]
        )
        # who is away is no secret to the code that distributes work; nothing is shown
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "!=", False),
                    ("date_from", "<=", fields.Datetime.end_of(date_to, "day")),
                    ("date_to", ">=", fields.Datetime.to_datetime(date_from)),
                ]
            )
        )
        return absences.user_id | leaves.resource_id.user_id.with_env(self.env)

    @api.model
    def _get_delegate(self, user, date):
        """Return who approves for a user on a day: as `_get_substitute`, if he was
        chosen by those for whom he stands in."""
        return self._get_substitute(user, date, [("is_delegating", "=", True)])

    @api.model
    def _get_substitute(self, user, date, domain=()):
        """Return who stands in for a user on a day: the user if he is there, else the
        substitute (or the substitute's, if that one is away, too), or nobody.

        :param domain: what the absences must be, besides
        """
        seen = self.env["res.users"]
        while user and user not in seen:
            seen |= user
            absence = self.search(
                [
                    ("user_id", "=", user.id),
                    ("date_from", "<=", date),
                    ("date_to", ">=", date),
                    *domain,
                ],
                limit=1,
            )
            if not absence and user not in self._get_absent_users(date):
                return user
            user = absence.substitute_id
        return self.env["res.users"]
