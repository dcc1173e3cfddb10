from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# what the manager makes of it
ADJUST_FIELDS = {"adjust_note", "amount_adjusted", "is_adjusted"}


class CrmResourceForecast(models.Model):
    """What people may enter in forecasts."""

    _inherit = "crm.resource.forecast"
    _derived_fields = frozenset(
        {
            "amount_company",
            "amount_lines",
            "amount_manager",
            "amount_weighted",
            "currency_id",
            "currency_rate",
        }
    )
    _settled_fields = frozenset(
        {
            "amount",
            "category",
            "company_id",
            "date_expected",
            "lead_id",
            "line_ids",
            "partner_id",
            "pricelist_id",
            "probability",
        }
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Only who leads the salesperson says what he expects instead."""
        forecasts = super().create(vals_list)
        if not self.env.su:
            forecasts._check_adjusted(set().union(*vals_list))
        forecasts._check_complete()
        return forecasts

    def write(self, vals):
        """Count how often the signing is put off, and keep who adjusted it."""
        pushed = self._get_pushed(vals.get("date_expected"))
        result = super().write(vals)
        for forecast in pushed:
            # whoever moves the date cannot say how often it was moved
            forecast.sudo().push_count += 1
        if not self.env.su and not ADJUST_FIELDS.isdisjoint(vals):
            for forecast in self:
                # who adjusts it cannot say that it was somebody else
                forecast.sudo().adjuster_id = forecast.is_adjusted and self.env.uid
        if {"amount", "line_ids", "date_expected"} & vals.keys():
            self._check_complete()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_actor()
        for forecast in self:
            if forecast.state != "striving":
                raise UserError(
                    self.env._(
                        "%(forecast)s is closed, which is kept: it shows how good "
                        "forecasts are.",
                        forecast=forecast.display_name,
                    )
                )

    def unlink(self):
        """What was never closed leaves the snapshots, too."""
        lines = self.env["crm.resource.forecast.snapshot.line"]
        # snapshots are nobody's to change
        kept = lines.sudo().search([("forecast_id", "in", self.ids)])
        result = super().unlink()
        kept.unlink()
        return result

    # ------------------------------------------------------------
    # Values
    # ------------------------------------------------------------

    def _prepare_values(self, vals):
        values = super()._prepare_values(vals)
        if "is_adjusted" in values:
            values["adjuster_id"] = values["is_adjusted"] and self.env.uid
        return values

    def _get_pushed(self, date):
        """Return the forecasts that this day of signing puts off to a later month."""
        day = fields.Date.to_date(date)
        return self.filtered(
            lambda forecast: (
                day
                and forecast.date_expected
                and (day.year, day.month)
                > (forecast.date_expected.year, forecast.date_expected.month)
            )
        )

    # ------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------

    def _check_written(self, vals):
        result = super()._check_written(vals)
        self._check_adjusted(vals.keys())
        return result

    def _get_step_message(self):
        return self.env._(
            "Where a forecast stands follows from its steps, and its sums from the "
            "products: sign it, lose it or reopen it instead."
        )

    def _get_settled_message(self):
        return self.env._(
            "%(forecast)s is closed: reopen it to change what was expected.",
            forecast=self.display_name,
        )

    def _check_adjusted(self, names):
        """Check that the person may say what he expects instead of the salesperson.

        :raise AccessError: if he does not lead him
        """
        if ADJUST_FIELDS.isdisjoint(names):
            return
        for forecast in self:
            if not forecast.may_adjust:
                raise AccessError(
                    self.env._(
                        "The manager's amount of %(forecast)s is for those who lead "
                        "%(person)s: change the expected amount instead.",
                        forecast=forecast.display_name,
                        # whoever sees the forecast sees whose it is
                        person=forecast.sudo().user_id.name,
                    )
                )

    def _get_missing(self):
        """Return the names of the obligatory items that a forecast lacks."""
        self.ensure_one()
        missing = []
        if not self.amount:
            missing.append(self._fields["amount"]._description_string(self.env))
        # how companies work is no secret
        if self.company_id.sudo().crm_forecast_products and not self.line_ids:
            missing.append(self._fields["line_ids"]._description_string(self.env))
        return missing

    def _check_complete(self):
        """Check that forecasts have what is obligatory.

        :raise ValidationError: names the forecasts and what they lack
        """
        lacking = {
            forecast: missing
            for forecast in self
            if forecast.state == "striving" and (missing := forecast._get_missing())
        }
        if lacking:
            raise ValidationError(
                self.env._(
                    "These forecasts lack something, enter it first:\n%(list)s",
                    list="\n".join(
                        f"{forecast.display_name}: {', '.join(missing)}"
                        for forecast, missing in lacking.items()
                    ),
                )
            )
