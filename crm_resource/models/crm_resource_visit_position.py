from math import isfinite

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .geography import get_distance

# what a browser says of where it is
MODES = [
    ("gps", "Known"),
    ("refused", "Refused"),
    ("unavailable", "Not Available"),
    ("timeout", "Took Too Long"),
    ("insecure", "Connection Not Secure"),
    ("none", "Not Asked"),
]
# positions that are forgotten at a time
GC_LIMIT = 10_000
# half the way round the earth in metres: nobody is farther from where he seems to be
MAX_ACCURACY = 20_037_508
MAP_URL = (
    "https://www.openstreetmap.org/?mlat=%(latitude).6f&mlon=%(longitude).6f"
    "#map=17/%(latitude).6f/%(longitude).6f"
)


class CrmResourceVisitPosition(models.Model):
    """Where somebody was when he checked in or out: for himself, his leaders and market
    staff; only these two steps of a visit write it."""

    _name = "crm.resource.visit.position"
    _description = "Position of a Visit"
    _order = "visit_id, moment, id"
    _rec_name = "visit_id"

    visit_id = fields.Many2one(
        "crm.resource.visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="visit_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
    )
    moment = fields.Selection([("in", "Check-in"), ("out", "Check-out")], required=True)
    mode = fields.Selection(MODES, string="Position", required=True, default="none")
    latitude = fields.Float(digits=(10, 7), aggregator=None)
    longitude = fields.Float(digits=(10, 7), aggregator=None)
    accuracy = fields.Float(
        string="Accuracy (m)", digits=(16, 0), aggregator=None, help="± metres."
    )
    is_measured = fields.Boolean(help="Whether the customer's position was known, too.")
    distance = fields.Float(
        string="Distance (m)",
        digits=(16, 0),
        aggregator="avg",
        help="As the crow flies, to the address that was visited.",
    )
    is_far = fields.Boolean(
        string="Far Away",
        help="Farther from the customer than the settings allow, even if what the "
        "device calls its accuracy is deducted, at most the same distance again.",
    )
    map_url = fields.Char(string="Map", compute="_compute_map_url")
    is_led = fields.Boolean(
        compute="_compute_is_led", search="_search_is_led", groups=fields.NO_ACCESS
    )

    _moment_unique = models.UniqueIndex(
        "(visit_id, moment)", "The visit has a position of this moment already."
    )
    _far_idx = models.Index("(visit_id) WHERE is_far")

    @api.depends("mode", "latitude", "longitude")
    def _compute_map_url(self):
        for position in self:
            position.map_url = position.mode == "gps" and MAP_URL % {
                "latitude": position.latitude,
                "longitude": position.longitude,
            }

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_led(self):
        # not colleagues who share the documents of their department
        led = self.env["crm.team"]._get_headed_members()
        for position in self:
            position.is_led = position.user_id in led

    def _search_is_led(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        return Domain("user_id", "in", self.env["crm.team"]._get_headed_members().ids)

    @api.autovacuum
    def _gc_positions(self):
        """Forget where people were as long ago as their company says."""
        companies = self.env["res.company"].search(
            [("crm_visit_position_months", ">", 0)]
        )
        old = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(
                "create_date",
                "<",
                fields.Datetime.now()
                - relativedelta(months=company.crm_visit_position_months),
            )
            for company in companies
        )
        positions = self.search(old, limit=GC_LIMIT)
        positions.unlink()
        return len(positions), len(positions) == GC_LIMIT

    @api.model
    def _prepare_position(self, position, address, radius):
        """Return the values of a position that a browser sent.

        :param dict position: ``mode`` and, if it is "gps", ``latitude``, ``longitude``
            and ``accuracy``; None: nobody asked for one
        :param address: `res.partner` who is visited
        :param float radius: metres from him that are not far
        :raise UserError: if it is no position
        """
        values = self._read_position(position)
        if values["mode"] != "gps":
            return values
        place = address._get_place()
        if place:
            distance = get_distance((values["latitude"], values["longitude"]), place)
            tolerance = min(values["accuracy"], radius)
            values |= {
                "is_measured": True,
                "distance": distance,
                "is_far": radius > 0 and distance > radius + tolerance,
            }
        return values

    @api.model
    def _read_position(self, position):
        if position is None:
            return {"mode": "none"}
        mode = position.get("mode") if isinstance(position, dict) else None
        if not isinstance(mode, str) or mode not in dict(MODES):
            raise UserError(
                self.env._(
                    "This is no position: check in or out with the button of the visit."
                )
            )
        if mode != "gps":
            return {"mode": mode}
        limits = {
            "latitude": (-90, 90),
            "longitude": (-180, 180),
            "accuracy": (0, MAX_ACCURACY),
        }
        return {"mode": mode} | {
            name: self._read_number(position.get(name), *limits[name])
            for name in limits
        }

    @api.model
    def _read_number(self, value, low, high):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # whole numbers may be too large to be looked at as others
        if not is_number or not low <= value <= high or not isfinite(value):
            raise UserError(
                self.env._(
                    "Your device names a place that does not exist: switch its "
                    "location off and on and try again, or refuse to tell it."
                )
            )
        return float(value)
