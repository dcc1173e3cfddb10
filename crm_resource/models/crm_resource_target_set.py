import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import clean_context

from .crm_resource_target import AMOUNTS, PRESENCE
from .crm_resource_target_cell_mixin import KEYS


class CrmResourceTarget(models.Model):
    """Who sets which targets; what was set is logged."""

    _inherit = "crm.resource.target"

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever may set the targets creates them, and what is set is logged."""
        self._check_names(set().union(*vals_list), {*KEYS, *AMOUNTS, *PRESENCE})
        self._check_finite(*vals_list)
        for vals in vals_list:
            if date := fields.Date.to_date(vals.get("date")):
                vals["date"] = date.replace(day=1)
        # whoever calls chooses the context: it says no more than the values may
        plain = self.with_env(self.env(context=clean_context(self.env.context)))
        targets = super(CrmResourceTarget, plain).create(vals_list)
        targets = targets.with_env(self.env)
        targets._check_may_set()
        targets._log_changes({})
        return targets

    def write(self, vals):
        """As `create`."""
        if self.env.su and vals.keys() == {"counted_closed"}:
            return super().write(vals)  # the closing itself
        self._check_names(vals, {*AMOUNTS, *PRESENCE})
        self._check_finite(vals)
        self._check_may_set()
        before = self._get_amounts()
        result = super().write(vals)
        self._log_changes(before)
        return result

    @api.model
    def _write_each(self, changed):
        """Write other values into each target; whoever calls has checked the rights.

        :param dict changed: values by target
        :return: the targets
        """
        targets = self.union(*changed)
        before = targets._get_amounts()
        for target, vals in changed.items():
            # what `write` does for each is done for all of them here
            plain = super(CrmResourceTarget, target)
            plain.write(vals)
        targets._log_changes(before)
        return targets

    @api.ondelete(at_uninstall=False)
    def _unlink_except_refused(self):
        self._check_may_set()

    def unlink(self):
        """What was set stays in the log."""
        self._log_cleared()
        return super().unlink()

    def _check_names(self, names, allowed):
        """Check that only what people enter is entered by people.

        :param names: of fields that are about to be written
        """
        if wrong := set(names) - allowed:
            raise AccessError(
                self.env._(
                    "This is not changed by hand: %(fields)s. To move a target, enter "
                    "another one and delete this one.",
                    fields=", ".join(sorted(wrong)),
                )
            )

    @api.model
    def _check_finite(self, *vals_list):
        """Check what could not even be rounded."""
        for vals in vals_list:
            for name in AMOUNTS:
                value = vals.get(name) or 0
                if not isinstance(value, int | float) or not math.isfinite(value):
                    raise ValidationError(self.env._("Targets are numbers: enter one."))

    def _check_may_set(self):
        self._check_cells(
            (target.company_id, target.team_id, target.user_id, target.date, "")
            for target in self
        )

    @api.model
    def _check_cells(self, cells):
        """Check that the person sets the targets of these cells.

        :param cells: iterable of tuples of the values of `KEYS`
        :raise AccessError: if one is the matter of others
        :raise UserError: if one is of a closed month
        """
        cells = {(*key[:4], "") for key in cells}
        closed = self._get_closed_months(
            {company.id for company, *_key in cells}, {key[3] for key in cells}
        )
        is_settable = self._get_settable()
        for company, team, user, date, _measure in cells:
            if not is_settable(team, user):
                raise AccessError(
                    self.env._(
                        "%(cell)s: you do not set this target. Market staff set those "
                        "of the company and of departments, leaders those of the "
                        "departments below theirs and of their people.",
                        cell=self._describe(company, team, user, date, ""),
                    )
                )
            if (company.id, date) in closed:
                raise UserError(
                    self.env._(
                        "%(cell)s: the month is closed, an administrator may reopen "
                        "it.",
                        cell=self._describe(company, team, user, date, ""),
                    )
                )

    @api.model
    def _get_settable(self):
        """Return a function that tells whether the user sets the targets of a
        department (None or empty: the company) and a person (or none)."""
        user = self.env.user
        if self.env.su or user.has_group("crm_resource.group_reviewer"):
            return lambda team, person: True
        led = self.env["crm.team"]._get_led_teams()
        headed = led.filtered(lambda team: team.user_id == user)
        headed = led.search([("id", "child_of", headed.ids)])

        def is_settable(team, person):
            # who leads which department is no secret
            team = team.sudo()
            if not person:
                return bool(team) and team in led and team.parent_id in led
            return team in headed or (
                # who shares a department does not set his own, nor his leader's
                team in led and person not in (user, team.user_id)
            )

        return is_settable

    # ------------------------------------------------------------
    # Log
    # ------------------------------------------------------------

    def _get_amounts(self):
        """Return what is set, by id."""
        return {target.id: {name: target[name] for name in AMOUNTS} for target in self}

    def _log_changes(self, before):
        """Keep who changed what.

        :param dict before: as `_get_amounts` returned it; who is not in it is new
        """
        # whoever calls has checked who sets the targets; nobody writes the log himself
        changes = self.env["crm.resource.target.change"].sudo()
        changes.create(
            [
                {
                    **target._get_keys(),
                    "figure": name,
                    "operation": "changed" if old else "set",
                    "old_value": old.get(name, 0),
                    "new_value": target[name],
                }
                for target in self
                for old in [before.get(target.id, {})]
                for name in AMOUNTS
                if target[name] != old.get(name, 0) or (name == "target" and not old)
            ]
        )

    def _log_cleared(self):
        # as above
        changes = self.env["crm.resource.target.change"].sudo()
        changes.create(
            [
                {
                    **target._get_keys(),
                    "figure": "target",
                    "operation": "cleared",
                    "old_value": target.target,
                }
                for target in self
            ]
        )

    def _get_keys(self):
        self.ensure_one()
        return {
            name: self[name].id if self._fields[name].relational else self[name]
            for name in KEYS
        }
