from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_resource_visit_position import MAP_URL
from .res_partner import INTERNAL


class ResPartner(models.Model):
    """Where customers are."""

    _inherit = "res.partner"

    map_url = fields.Char(string="Map", compute="_compute_map_url", groups=INTERNAL)

    @api.depends("partner_latitude", "partner_longitude")
    def _compute_map_url(self):
        for partner in self:
            latitude, longitude = partner._get_place() or (0, 0)
            partner.map_url = partner._get_place() and MAP_URL % {
                "latitude": latitude,
                "longitude": longitude,
            }

    def _get_place(self):
        """Return latitude and longitude, None if they are not known: the ERP keeps 0
        for both then."""
        place = (self.partner_latitude, self.partner_longitude)
        return place if any(place) else None

    def _take_place(self, position):
        """Have the partner where somebody was who visited him.

        :param position: `crm.resource.visit.position`
        :raise UserError: if it is known already where he is
        """
        if self._get_place():
            raise UserError(
                self.env._(
                    "Where %(customer)s is, is known already: change it on his page if "
                    "it is wrong.",
                    customer=self.display_name,
                )
            )
        self.write(
            {
                "partner_latitude": position.latitude,
                "partner_longitude": position.longitude,
            }
        )

    def _anonymise_documents(self, names, emails):
        """Where they are, and the photos of visits, tell who they are, too."""
        self.write({"partner_latitude": 0, "partner_longitude": 0})
        self.env["crm.resource.visit.photo"].search(
            [("visit_id.partner_id", "in", self.ids)]
        ).unlink()
        return super()._anonymise_documents(names, emails)
