from odoo import api, fields, models
from odoo.fields import Domain

from .crm_resource_target_cell_mixin import KEYS
from .working_share import get_last_day


class CrmResourceTarget(models.Model):
    """What became of a target: all figures of a recordset are computed together."""

    _inherit = "crm.resource.target"

    counted_closed = fields.Monetary(readonly=True, copy=False)
    counted = fields.Monetary(
        compute="_compute_counted",
        help="The part of the target that counts: less than the target if the person "
        "joins or leaves in the month, by working days.",
    )
    due = fields.Monetary(
        string="Due Today",
        compute="_compute_counted",
        help="The part of the target that falls on the working days until today.",
    )
    is_closed = fields.Boolean(string="Closed", compute="_compute_counted")
    achieved = fields.Monetary(compute="_compute_achieved")
    forecast = fields.Monetary(
        string="Open Forecast",
        compute="_compute_achieved",
        help="What is forecast for the month and neither won nor lost.",
    )
    rate = fields.Float(
        string="Achieved (%)", compute="_compute_achieved", digits=(16, 1)
    )
    shortage = fields.Monetary(
        compute="_compute_achieved",
        help="What is neither achieved nor forecast.",
    )
    is_behind = fields.Boolean(
        string="Behind",
        compute="_compute_achieved",
        search="_search_is_behind",
        help="Less is achieved than is due today.",
    )
    allotted = fields.Monetary(
        compute="_compute_allotted",
        help="What the departments right below and the people of the department have "
        "together.",
    )
    is_mismatch = fields.Boolean(
        string="Mismatch",
        compute="_compute_allotted",
        search="_search_is_mismatch",
        help="Those below have targets whose sum is another than this one.",
    )

    @api.depends("target", *KEYS, "date_from", "date_to", "counted_closed")
    def _compute_counted(self):
        closed = self._get_closed_months(self.company_id.ids, self.mapped("date"))
        cells = {target: target._get_share_key() for target in self if target.date}
        shares = self._get_month_shares(cells.values())
        for target in self:
            there, over = shares.get(cells.get(target), (1, 0))
            target.is_closed = (target.company_id.id, target.date) in closed
            if target.is_closed:
                target.counted = target.due = target.counted_closed
            else:
                target.counted = target._round(target.target * there)
                target.due = target._round(target.target * over)

    def _get_share_key(self):
        return (
            self.company_id,
            self.user_id.id or None,
            self.date,
            self.date_from or None,
            self.date_to or None,
        )

    def _round(self, amount):
        return self.currency_id.round(amount) if self.currency_id else amount

    @api.depends("target", *KEYS, "date_from", "date_to")
    def _compute_achieved(self):
        dated = self.filtered("date")
        achieved = forecast = {}
        if dated:
            dates = dated.mapped("date")
            span = (
                {*dated.mapped("measure")},
                dated.company_id,
                min(dates),
                get_last_day(max(dates)),
            )
            achieved = self._get_achieved(*span)
            forecast = self._get_forecast(*span)
        for target in self:
            key = target._get_node_key()
            target.achieved = achieved.get(key, 0)
            target.forecast = forecast.get(key, 0)
            counted = target.counted
            target.rate = 100 * target.achieved / counted if counted else 0
            missing = counted - target.achieved - target.forecast
            target.shortage = max(missing, 0)
            target.is_behind = target.achieved < target.due

    def _get_node_key(self):
        """Return by what `_get_achieved` knows the cell."""
        return (
            self.measure,
            self.company_id.id,
            self.team_id.id or None,
            self.user_id.id or None,
            self.date,
        )

    @api.model
    def _search_is_behind(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        targets = self.search([("date", "<=", fields.Date.context_today(self))])
        return Domain("id", "in", targets.filtered("is_behind").ids)

    # ------------------------------------------------------------
    # Those below
    # ------------------------------------------------------------

    @api.depends("target", *KEYS)
    def _compute_allotted(self):
        """The sums are those of everybody: whoever sees a department's target sees
        those below."""
        sums = self._get_allotted()
        for target in self:
            allotted = sums.get(target._get_node_key())
            target.allotted = allotted or 0
            target.is_mismatch = (
                allotted is not None and target._round(allotted - target.counted) != 0
            )

    def _get_allotted(self):
        """Return the sums of the targets right below, by `_get_node_key`."""
        above = self.filtered(lambda target: target.kind != "person" and target.date)
        if not above:
            return {}
        # whoever sees a target sees those below
        below = self.sudo().search(
            [
                ("team_id", "!=", False),
                ("company_id", "in", above.company_id.ids),
                ("measure", "in", above.mapped("measure")),
                ("date", "in", above.mapped("date")),
            ]
        )
        sums = {}
        for target in below:
            team = target.team_id
            node = team if target.user_id else team.parent_id
            key = (
                target.measure,
                target.company_id.id,
                node.id or None,
                None,
                target.date,
            )
            sums[key] = sums.get(key, 0) + target.counted
        return sums

    @api.model
    def _search_is_mismatch(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        targets = self.search([("kind", "!=", "person")])
        return Domain("id", "in", targets.filtered("is_mismatch").ids)
