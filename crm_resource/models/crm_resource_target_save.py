from datetime import date as Date

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .crm_resource_target import AMOUNTS


class CrmResourceTarget(models.Model):
    """Many targets set at once: all of them or none."""

    _inherit = "crm.resource.target"

    @api.model
    def set_targets(self, year, measure, cells):
        """Set many targets of the user's company at once, all of them or none.

        :param int year: of the months
        :param str measure: a key of `MEASURES`
        :param cells: list of dicts of ``team_id`` and ``user_id`` (ids or False),
            ``month`` (1 to 12), ``figure`` ("target" or "stretch") and ``value`` (a
            number; None clears it, and clearing the target clears the stretch)
        :raise AccessError: if the user does not set one of them
        :raise UserError: if one is of a closed month or no number
        """
        self._check_year(year, measure)
        self._save(self._read_cells(self.env.company, year, measure, cells))
        return True

    @api.model
    def _read_cells(self, company, year, measure, cells):
        """Return what is to be set as `_save` takes it; arguments as of `set_targets`.

        :raise UserError: if a cell is none, or says somebody who is not there
        """
        values = {}
        try:
            teams = self._browse_by_id("crm.team", [cell["team_id"] for cell in cells])
            users = self._browse_by_id("res.users", [cell["user_id"] for cell in cells])
            for cell in cells:
                team, user = teams[cell["team_id"]], users[cell["user_id"]]
                month, figure, value = cell["month"], cell["figure"], cell["value"]
                if figure not in AMOUNTS or (user and not team):
                    raise ValueError
                key = (company, team, user, Date(year, month, 1), measure)
                self._check_value(value, key)
                values.setdefault(key, {})[figure] = value
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The page does not fit any more: reload it and try again.")
            ) from error
        return values

    @api.model
    def _browse_by_id(self, model, ids):
        """Return records by id, the empty one by False; who is not there is missing."""
        # whoever sets targets knows them by number; rights are checked with the cells
        records = self.env[model].sudo().browse({*ids} - {False}).exists()
        records = records.with_env(self.env)
        return {False: records.browse(), **{record.id: record for record in records}}

    @api.model
    def _check_value(self, value, key):
        """Check that a value can be a target, or clear one.

        :param key: values of `KEYS`, for the message
        """
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int | float):
            error = self.env._("enter a number.")
        else:
            error = self._get_number_error(value, key[-1])
        if error:
            raise ValidationError(
                self.env._(
                    "%(cell)s: %(error)s", cell=self._describe(*key), error=error
                )
            )

    @api.model
    def _save(self, values):
        """Set targets, all of them or none; rights are checked for all together.

        :param dict values: dicts of target and stretch (None: clear) by tuples of the
            values of `KEYS`
        """
        if not values:
            return
        self._check_cells(values)
        known = self._find(values)
        new, changed, cleared = [], {}, self.browse()
        for key, vals in values.items():
            target = known.get(key, self.browse())
            if vals.get("target", 0) is None:
                cleared |= target
                continue
            vals = {name: value or 0 for name, value in vals.items()}
            if not target and "target" not in vals:
                if vals["stretch"]:
                    raise UserError(
                        self.env._(
                            "%(cell)s: set the target before the stretch.",
                            cell=self._describe(*key),
                        )
                    )
            elif not target:
                new.append({**self._get_key_values(key), **vals})
            elif any(target[name] != value for name, value in vals.items()):
                changed[target] = vals
        cleared.unlink()
        self._write_each(changed)
        self.create(new)

    @api.model
    def _find(self, keys):
        """Return the targets of cells by the values of `KEYS`."""
        dates = {key[3] for key in keys}
        targets = self.search(
            [
                ("company_id", "in", [*{key[0].id for key in keys}]),
                ("measure", "in", [*{key[4] for key in keys}]),
                ("date", "in", [*dates]),
            ]
        )
        return {
            (t.company_id, t.team_id, t.user_id, t.date, t.measure): t for t in targets
        }

    @api.model
    def _get_key_values(self, key):
        company, team, user, date, measure = key
        return {
            "company_id": company.id,
            "team_id": team.id,
            "user_id": user.id,
            "date": date,
            "measure": measure,
        }
