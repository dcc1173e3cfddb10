"""Distances on the earth, and the order in which to visit places."""

from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

# mean radius of the earth in metres (R1 of the International Union of Geodesy and
# Geophysics: Moritz, Geodetic Reference System 1980)
EARTH_RADIUS = 6371008.8


def get_distance(one, other):
    """Return the metres between two places by the haversine formula (Sinnott, Virtues
    of the Haversine, 1984): the earth as a sphere, at most 0.6 % off.

    :param one: tuple of latitude and longitude in degrees
    :param other: the same
    """
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    square = (
        sin((lat2 - lat1) / 2) ** 2
        + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    )
    # of antipodes rounding makes a bit more than 1
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(square)))


def get_length(route, start=None):
    """Return the metres of a way through places.

    :param route: list of tuples of latitude and longitude
    :param start: where the way begins, None: at the first place
    """
    places = [start, *route] if start else route
    return sum(map(get_distance, places, places[1:]))


def order_route(places, start=None, fixed=()):
    """Return a short way through places that need not lead back: first always to the
    nearest, then turned round and shifted piece by piece as long as it gets shorter
    (2-opt, Croes 1958, and the simplest case of Or-opt, Or 1976).

    :param places: list of tuples of latitude and longitude
    :param start: where the way begins, None: at the first of them
    :param fixed: the indexes of places that are visited in this order
    :return: list of the indexes of all places
    """
    metres = [[get_distance(one, other) for other in places] for one in places]
    begin = [get_distance(start, place) if start else 0 for place in places]

    def get_metres(route):
        return begin[route[0]] + sum(metres[i][j] for i, j in pairwise(route))

    route = _go_nearest(metres, begin, list(fixed))
    shorter = route
    while shorter:
        route = shorter
        # rounding must not turn it back and forth
        limit = get_metres(route) - 0.001 if route else 0
        shorter = next(
            (
                other
                for other in _get_variants(route)
                if [i for i in other if i in fixed] == list(fixed)
                and get_metres(other) < limit
            ),
            None,
        )
    return route


def _go_nearest(metres, begin, fixed):
    """Return the indexes of places, each the nearest to the one before."""
    left = set(range(len(begin)))
    route = []
    while left:
        away = metres[route[-1]] if route else begin
        open_ = left.difference(fixed[1:])
        nearest = min(open_, key=lambda index: (away[index], index))
        route.append(nearest)
        left.remove(nearest)
        if nearest in fixed:
            fixed.remove(nearest)
    return route


def _get_variants(route):
    """Yield the ways that go through one piece backwards, or shift one place."""
    for first in range(len(route)):
        for last in range(first + 2, len(route) + 1):
            yield [*route[:first], *reversed(route[first:last]), *route[last:]]
        rest = [*route[:first], *route[first + 1 :]]
        for to in range(len(route)):
            yield [*rest[:to], route[first], *rest[to:]]
