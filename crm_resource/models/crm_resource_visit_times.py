from odoo import fields, models


class CrmResourceVisit(models.Model):
    """Begin and end of a visit."""

    _inherit = "crm.resource.visit"

    def write(self, vals):
        """Whoever moves the begin alone moves the end along: a visit lasts as long as
        before."""
        begin = fields.Datetime.to_datetime(vals.get("date_start"))
        if not begin or "date_end" in vals:
            return super().write(vals)
        for visit in self:
            end = begin + (visit.date_end - visit.date_start)
            super(CrmResourceVisit, visit).write({**vals, "date_end": end})
        return True
