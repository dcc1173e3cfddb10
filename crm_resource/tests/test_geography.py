from itertools import permutations
from math import acos, cos, pi, radians, sin

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..models.geography import EARTH_RADIUS, get_distance, get_length, order_route

BERLIN = (52.52, 13.405)
PARIS = (48.8566, 2.3522)
BEIJING = (39.9042, 116.4074)
SHANGHAI = (31.2304, 121.4737)

# of one town: a degree is about 111 km
towns = st.tuples(st.floats(30, 31), st.floats(120, 121))
globe = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@tagged("post_install", "-at_install")
class TestGeography(BaseCase):
    def test_degree(self):
        """A degree along the equator, and along any meridian, is a 360th of the way
        round: 2 * 3.14159265 * 6371008.8 / 360 = 111195.08."""
        self.assertAlmostEqual(get_distance((0, 0), (0, 1)), 111195.08, 2)
        self.assertAlmostEqual(get_distance((40, 116), (41, 116)), 111195.08, 2)
        # along the 60th parallel, half as far, less a little for the great circle
        self.assertAlmostEqual(get_distance((60, 0), (60, 1)), 55596.5, -1)

    def test_cities(self):
        """As known from atlases, within half a per cent."""
        for one, other, kilometres in (
            (BERLIN, PARIS, 878),
            (BEIJING, SHANGHAI, 1067),
            ((51.5074, -0.1278), (40.7128, -74.006), 5570),  # London, New York
            ((-33.8688, 151.2093), (-36.8485, 174.7633), 2156),  # Sydney, Auckland
        ):
            metres = get_distance(one, other)
            self.assertLess(abs(metres / 1000 - kilometres), kilometres * 0.005)

    def test_ends(self):
        """The same place is no way off, the opposite one half the way round; what lies
        across the date line is near."""
        self.assertEqual(get_distance(PARIS, PARIS), 0)
        self.assertAlmostEqual(
            get_distance((10, 20), (-10, -160)), pi * EARTH_RADIUS, 0
        )
        self.assertAlmostEqual(get_distance((0, 179.5), (0, -179.5)), 111195.08, 2)

    @given(globe, globe)
    def test_law_of_cosines(self, one, other):
        """Another formula gives the same, where it is exact enough."""
        lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
        cosine = sin(lat1) * sin(lat2) + cos(lat1) * cos(lat2) * cos(lon2 - lon1)
        if abs(cosine) > 0.9999:
            return
        self.assertAlmostEqual(
            get_distance(one, other), EARTH_RADIUS * acos(cosine), delta=1
        )
        self.assertAlmostEqual(
            get_distance(one, other), get_distance(other, one), delta=1e-6
        )

    def test_route_of_line(self):
        """Places along a street are visited one after the other."""
        places = [(0, 3), (0, 1), (0, 4), (0, 2)]
        self.assertEqual(order_route(places, (0, 0)), [1, 3, 0, 2])
        self.assertEqual(order_route([], (0, 0)), [])
        self.assertEqual(order_route([(0, 1)]), [0])

    def test_route_untangled(self):
        """Where the nearest one leads astray, there is a better way.

        From 0 the nearest is 1, then 3, 7 and back to -1.5, which is 1 + 2 + 4 + 8.5 =
        15.5; better is to begin with -1.5: 1.5 + 2.5 + 2 + 4 = 10."""
        places = [(0, 1), (0, -1.5), (0, 3), (0, 7)]
        route = order_route(places, (0, 0))
        self.assertEqual(route, [1, 0, 2, 3])
        degrees = get_length([places[i] for i in route], (0, 0)) / get_distance(
            (0, 0), (0, 1)
        )
        self.assertAlmostEqual(degrees, 10, 6)

    def test_route_fixed(self):
        """Who is expected at a time is visited in the order of the times."""
        places = [(0, 1), (0, 2), (0, 3)]
        route = order_route(places, (0, 0), fixed=[2, 0])
        self.assertLess(route.index(2), route.index(0))

    @settings(max_examples=50, deadline=None)
    @given(st.lists(towns, max_size=9), towns, st.data())
    def test_route_laws(self, places, start, data):
        """All places, each once; fixed ones in their order; and no part is better gone
        backwards."""
        fixed = data.draw(
            st.lists(
                st.sampled_from(range(len(places))) if places else st.nothing(),
                unique=True,
            )
        )
        route = order_route(places, start, fixed)
        self.assertEqual(sorted(route), list(range(len(places))))
        self.assertEqual([i for i in route if i in fixed], fixed)
        length = get_length([places[i] for i in route], start)
        if not fixed:
            for first in range(len(route)):
                for last in range(first + 1, len(route) + 1):
                    other = [
                        *route[:first],
                        *reversed(route[first:last]),
                        *route[last:],
                    ]
                    self.assertLessEqual(
                        length, get_length([places[i] for i in other], start) + 0.01
                    )

    @settings(max_examples=30, deadline=None)
    @given(st.lists(towns, min_size=1, max_size=6), towns)
    def test_route_near_best(self, places, start):
        """Of a few places, it is never twice the shortest way there is."""
        best = min(get_length(list(order), start) for order in permutations(places))
        route = order_route(places, start)
        self.assertLessEqual(
            get_length([places[i] for i in route], start), 2 * best + 0.01
        )
