from datetime import datetime, time

import pytz

from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_end_of_day(self, day):
        """Return the last moment of a day where the company works."""
        zone = pytz.timezone(self._get_sales_timezone())
        end = zone.localize(datetime.combine(day, time(23, 59, 59)))
        return end.astimezone(pytz.utc).replace(tzinfo=None)
