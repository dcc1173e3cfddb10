import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_resource_target_cell_mixin import COUNTS

AMOUNTS = ("target", "stretch")
PRESENCE = ("date_from", "date_to")
HIGHEST = 1e15


class CrmResourceTarget(models.Model):
    """What a company, a department or a person is to reach in a month.

    Only months are kept: quarters and years are sums.
    """

    _name = "crm.resource.target"
    _description = "Target"
    _inherit = "crm.resource.target.cell.mixin"
    _order = "date desc, company_id, team_id, user_id, measure, id"
    _check_company_auto = True

    target = fields.Monetary(
        help="For the whole month, in the currency of the company."
    )
    stretch = fields.Monetary(help="What one hopes for beyond the target; 0: nothing.")
    date_from = fields.Date(
        string="Here From",
        help="The person's first day in the department, if he joins it in this month: "
        "only the working days from then on count.",
    )
    date_to = fields.Date(
        string="Here Until",
        help="The person's last day in the department, if he leaves it in this month.",
    )

    # a month has one of each, of the company and of departments, too
    _unique = models.UniqueIndex(
        "(company_id, COALESCE(team_id, 0), COALESCE(user_id, 0), date, measure)",
        "There is a target for this month already: change that one.",
    )
    _date_idx = models.Index("(company_id, date, measure)")
    _check_month = models.Constraint(
        "CHECK(date_part('day', date) = 1)",
        "A target is for a month: its date is the first of the month.",
    )
    _check_amounts = models.Constraint(
        "CHECK(target >= 0 AND stretch >= 0)",
        "Targets cannot be negative: enter 0 for none.",
    )
    _check_person = models.Constraint(
        "CHECK(user_id IS NULL OR team_id IS NOT NULL)",
        "A person has targets in a department: choose it, too.",
    )
    _check_presence = models.Constraint(
        "CHECK((user_id IS NOT NULL OR (date_from IS NULL AND date_to IS NULL))"
        " AND COALESCE(date_from, date) <= COALESCE(date_to, date_from, date)"
        " AND COALESCE(date_from, date) >= date"
        " AND COALESCE(date_to, date) >= date"
        " AND COALESCE(date_from, date) < date + INTERVAL '1 month'"
        " AND COALESCE(date_to, date) < date + INTERVAL '1 month')",
        "From when and until when a person is there are days of the month, in this "
        "order, and only persons have them.",
    )

    @api.constrains(*AMOUNTS, "measure")
    def _check_numbers(self):
        for target in self:
            for name in AMOUNTS:
                if error := self._get_number_error(target[name], target.measure):
                    raise ValidationError(
                        self.env._(
                            "%(cell)s: %(error)s",
                            cell=target.display_name,
                            error=error,
                        )
                    )
            if 0 < target.stretch < target.target:
                raise ValidationError(
                    self.env._(
                        "%(cell)s: the stretch is below the target: raise it, or "
                        "enter 0 for none.",
                        cell=target.display_name,
                    )
                )

    @api.model
    def _get_number_error(self, number, measure):
        """Return why a number cannot be a target, None if it can."""
        if not math.isfinite(number) or not 0 <= number < HIGHEST:
            return self.env._(
                "a target is a number that is not negative, and below a thousand "
                "billions."
            )
        if measure in COUNTS and number != int(number):
            return self.env._("these are counted, enter a whole number.")
        return None

    @api.constrains("team_id", "user_id")
    def _check_member(self):
        # who is, was, or leads in a department is no secret
        members = self.env["crm.team.member"].sudo().with_context(active_test=False)
        known = {
            (team.id, user.id)
            for team, user in members._read_group(
                [
                    ("crm_team_id", "in", self.team_id.ids),
                    ("user_id", "in", self.user_id.ids),
                ],
                ["crm_team_id", "user_id"],
            )
        }
        for target in self.filtered("user_id"):
            team = target.team_id.sudo()  # as above
            user = target.user_id
            if (team.id, user.id) not in known and team.user_id != user:
                raise ValidationError(
                    self.env._(
                        "%(person)s was never a member of %(team)s: make him one "
                        "first, or choose another department.",
                        # as above
                        person=user.sudo().name,
                        team=team.name,
                    )
                )
