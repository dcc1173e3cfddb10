from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .geography import get_distance, get_length, order_route

# more are no day's work, and take long to put in order
MAX_STOPS = 40
# metres an hour as the crow flies, in town and on the road
SPEED = 30_000
ROUTE_URL = "https://routing.openstreetmap.de/"


class CrmResourceVisitRoute(models.AbstractModel):
    """A short way through a person's visits of a day: shown first, then saved."""

    _name = "crm.resource.visit.route"
    _description = "Route of Visits"

    @api.model
    @api.readonly
    def get_route(self, date=False, start=None):
        """Return a short way through the user's own planned visits.

        :param str date: the day, False: today
        :param dict start: ``latitude`` and ``longitude`` of where he begins, None: at
            the company
        :return: dict of ``date``, ``rows``, ``length`` and ``length_before`` (metres),
            ``has_start`` and ``route_url``
        """
        day, visits, begin = self._read_request(date, start)
        before = self._get_stops(visits.sorted(_get_order))
        stops = self._get_stops(self._order_visits(visits, begin))
        places = [stop["place"] for stop in stops if stop["place"]]
        return {
            "date": fields.Date.to_string(day),
            "rows": self._get_rows(stops, begin),
            "length": get_length(places, begin),
            "length_before": get_length(
                [stop["place"] for stop in before if stop["place"]], begin
            ),
            "has_start": bool(begin),
            "route_url": self._get_route_url(places, begin),
        }

    @api.model
    def save_route(self, date=False, start=None, sets_times=False):
        """Number the user's planned visits in the order of the route.

        :param date, start: as for `get_route`
        :param bool sets_times: whether the times follow from it, but for agreed ones
        """
        _day, visits, begin = self._read_request(date, start)
        stops = self._get_stops(self._order_visits(visits, begin))
        times = self._get_times(stops)
        for number, stop in enumerate(stops, start=1):
            values = {"route_sequence": number}
            if sets_times is True and not stop["is_fixed"]:
                values |= times[stop["visit"]]
            stop["visit"].write(values)
        return True

    # ------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------

    def _read_request(self, date, start):
        visits = self.env["crm.resource.visit"]
        if not visits.has_access("write"):
            raise AccessError(
                self.env._("Routes are for those who make visits: salespeople.")
            )
        day = visits._read_day(date)
        begin = self._read_start(start)
        found = visits.search(
            visits._get_domain_of_days(day, day)
            & Domain("user_id", "=", self.env.uid)
            & Domain("state", "=", "planned")
            & Domain("type_id.is_on_site", "=", True),
            order="date_start, id",
            limit=MAX_STOPS + 1,
        )
        if len(found) > MAX_STOPS:
            raise UserError(
                self.env._(
                    "There are more than %(count)s visits on this day: move some to "
                    "another one.",
                    count=MAX_STOPS,
                )
            )
        return day, found, begin

    def _read_start(self, start):
        if start is None:
            # where the company is is no secret
            return self.env.company.sudo().partner_id._get_place()
        if not isinstance(start, dict):
            raise UserError(
                self.env._("This is no place to begin at: choose where you begin.")
            )
        place = self.env["crm.resource.visit.position"]._read_position(
            {**start, "mode": "gps", "accuracy": 0}
        )
        return place["latitude"], place["longitude"]

    # ------------------------------------------------------------
    # The way
    # ------------------------------------------------------------

    def _order_visits(self, visits, begin):
        """Return visits in the order of a short way: agreed times keep their order,
        and who is nobody knows where comes last."""
        visits = visits.sorted("date_start")
        stops = self._get_stops(visits)
        located = [stop for stop in stops if stop["place"]]
        fixed = [index for index, stop in enumerate(located) if stop["is_fixed"]]
        order = order_route([stop["place"] for stop in located], begin, fixed)
        route = [located[index]["visit"] for index in order]
        for stop in stops:
            if not stop["place"]:
                self._insert_stop(route, stop)
        return visits.browse([visit.id for visit in route])

    def _insert_stop(self, route, stop):
        """Put a visit at an unknown place last, or before the next agreed time if its
        own is agreed."""
        index = len(route)
        if stop["is_fixed"]:
            later = (
                number
                for number, visit in enumerate(route)
                if visit._is_time_fixed()
                and visit.date_start > stop["visit"].date_start
            )
            index = next(later, index)
        route.insert(index, stop["visit"])

    def _get_stops(self, visits):
        return [
            {
                "visit": visit,
                # where he is need not be secret from whoever goes there
                "place": visit._get_address().sudo()._get_place(),
                "is_fixed": visit._is_time_fixed(),
            }
            for visit in visits
        ]

    def _get_times(self, stops):
        """Return begin and end of the visits by the way between them, five by five
        minutes; agreed times stay.

        :return: dict of values by visit
        """
        times = {}
        free = min((stop["visit"].date_start for stop in stops), default=None)
        here = None
        for stop in stops:
            visit = stop["visit"]
            lasts = visit.date_end - visit.date_start
            # the first one begins as early as planned, however far it is
            away = get_distance(here, stop["place"]) if here and stop["place"] else 0
            arrival = _round_up(free + timedelta(hours=away / SPEED))
            begin_at = visit.date_start if stop["is_fixed"] else arrival
            times[visit] = {"date_start": begin_at, "date_end": begin_at + lasts}
            free = max(arrival, begin_at) + lasts
            here = stop["place"] or here
        return times

    def _get_rows(self, stops, begin):
        times = self._get_times(stops)
        rows = []
        here, free = begin, None
        for stop in stops:
            # whom he visits he knows
            visit = stop["visit"].sudo()
            planned = times[stop["visit"]]
            place = stop["place"]
            rows.append(
                {
                    "id": visit.id,
                    "customer": visit._get_address().display_name,
                    "subject": visit.subject or "",
                    "date_start": fields.Datetime.to_string(visit.date_start),
                    "new_start": fields.Datetime.to_string(planned["date_start"]),
                    "is_fixed": stop["is_fixed"],
                    "is_tight": bool(free and planned["date_start"] < free),
                    "has_place": bool(place),
                    "distance": get_distance(here, place) if here and place else False,
                }
            )
            here, free = place or here, planned["date_end"]
        return rows

    def _get_route_url(self, places, begin):
        """Return where a map shows the way through all places, False without any."""
        points = [begin, *places] if begin else places
        if len(points) < 2:
            return False
        query = [
            ("loc", f"{latitude:.6f},{longitude:.6f}") for latitude, longitude in points
        ]
        return f"{ROUTE_URL}?{urlencode(query)}"


def _get_order(visit):
    """Return by what the visits of a day are sorted as they are planned."""
    return (visit.route_sequence or MAX_STOPS + 1, visit.date_start, visit.id)


def _round_up(moment):
    """Return a moment, or the next that is a multiple of five minutes."""
    rest = timedelta(
        minutes=moment.minute % 5,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return moment + (timedelta(minutes=5) - rest if rest else rest)
