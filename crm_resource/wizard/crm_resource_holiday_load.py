from odoo import fields, models
from odoo.exceptions import AccessError

from ..models.crm_resource_holiday import KNOWN_YEARS


class CrmResourceHolidayLoad(models.TransientModel):
    """Adds the holidays of a country to those on which customers may be greeted."""

    _name = "crm.resource.holiday.load"
    _description = "Load the Holidays of a Country"

    country_id = fields.Many2one(
        "res.country",
        required=True,
        default=lambda self: self.env.company.country_id,
        ondelete="cascade",
    )

    def action_load(self):
        """Add the holidays of the country that are not there yet, and list them all."""
        self.ensure_one()
        self.check_access("write")
        holidays = self.env["crm.resource.holiday"].with_context(active_test=False)
        if not holidays.has_access("create"):
            raise AccessError(
                self.env._("Only market staff adds holidays: ask one of them.")
            )
        country = self.country_id
        known = holidays.search([("country_id", "=", country.id)])
        missing = [
            name
            for name in holidays._get_national_names(country)
            if name not in known.mapped("library_name")
        ]
        loaded = holidays.create(
            [
                {
                    "name": name,
                    "library_name": name,
                    "kind": "national",
                    "country_id": country.id,
                    "sequence": 50,
                }
                for name in missing
            ]
        )
        self._translate(loaded)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_holiday_action"
            ),
            "domain": [("country_id", "=", country.id)],
        }

    def _translate(self, loaded):
        """Give holidays their names in the languages that the calendar has."""
        year = fields.Date.context_today(self).year
        years = range(year, year + KNOWN_YEARS)
        english = loaded._get_calendar(self.country_id, years) if loaded else {}
        for lang, _name in self.env["res.lang"].get_installed():
            local = loaded and loaded._get_calendar(self.country_id, years, lang)
            if not local:
                continue
            names = {
                name: other
                for day in english
                for name, other in zip(english[day], local.get(day, ()), strict=False)
            }
            for holiday in loaded.with_context(lang=lang):
                holiday.name = names.get(holiday.library_name, holiday.library_name)
