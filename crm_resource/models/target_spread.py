"""Share out an amount by weights, exact to the last unit.

Plain Python that knows nothing of the ERP.
"""

from decimal import Decimal
from fractions import Fraction
from math import floor


def spread(amount, weights, unit="0.01"):
    """Return the shares of an amount, rounded to a unit; their sum is the amount.

    What rounding leaves over goes to the largest remainders, the first ones of equals.

    :param amount: number, rounded to a multiple of the unit
    :param weights: numbers that are not negative; if all are 0, all are equal
    :param str unit: the smallest amount there is
    :return: list of `Decimal`

    >>> [str(share) for share in spread(100, [1, 1, 1])]
    ['33.34', '33.33', '33.33']
    >>> [str(share) for share in spread(10, [0, 3, 1], "1")]
    ['0', '8', '2']
    """
    units = round(Fraction(str(amount)) / Fraction(unit))
    weights = [Fraction(str(weight)) for weight in weights]
    if not any(weights):
        weights = [Fraction(1)] * len(weights)
    total = sum(weights)
    exact = [units * weight / total for weight in weights]
    shares = [floor(share) for share in exact]
    places = sorted(
        range(len(shares)), key=lambda place: (shares[place] - exact[place], place)
    )
    for place in places[: units - sum(shares)]:
        shares[place] += 1
    return [share * Decimal(unit) for share in shares]
