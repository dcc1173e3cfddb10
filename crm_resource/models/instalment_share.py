"""Divide the lines of a contract among its instalments, exact to the last unit.

Plain Python that knows nothing of the ERP: amounts are whole numbers of the smallest
unit of their currency.
"""


def divide(amount, part, whole):
    """Return a part of an amount, halves rounded up.

    >>> divide(100, 1, 3), divide(-100, 1, 3), divide(5, 1, 2)
    (33, -33, 3)
    """
    return (2 * amount * part + whole) // (2 * whole)


def share(amounts, part, whole, total):
    """Return a part of each amount, such that the parts add up to a total.

    What rounding leaves over goes to the largest remainders, the first ones of equals;
    nothing goes to what is 0, unless all is.

    :param amounts: list of whole numbers, of either sign
    :param int part: numerator of the share, at most ``whole``
    :param int whole: denominator of the share, positive
    :param int total: what the shares add up to
    :return: list of whole numbers

    >>> share([100, 100, 100], 1, 3, 100)
    [34, 33, 33]
    >>> share([100, -50, 0], 1, 2, 25)
    [50, -25, 0]
    >>> share([1, 1, 1], 1, 3, 2)
    [1, 1, 0]
    """
    shares = [amount * part // whole for amount in amounts]
    places = [place for place, amount in enumerate(amounts) if amount]
    places = places or list(range(len(amounts)))
    places.sort(key=lambda place: (-(amounts[place] * part % whole), place))
    left = total - sum(shares)
    if left < 0:
        places.reverse()
    for turn in range(abs(left)):
        shares[places[turn % len(places)]] += 1 if left > 0 else -1
    return shares


def take(rows, part, whole):
    """Take the share of an instalment out of what remains of the lines.

    Each tax is divided as a whole, then among the lines; the untaxed amounts take the
    rest, such that base and taxes of all lines add up to ``part``. What is taken last
    (``part`` equal to ``whole``) is all that is left, whatever was rounded before.

    :param dict rows: by line, a dictionary with the whole numbers ``quantity`` and
        ``base``, and ``taxes``: by tax, a list of the tax, its base, and 1 or, where
        another tax takes back what it adds (reverse charge), 0. Changed in place: the
        share is taken from it
    :param int part: the instalment, tax included
    :param int whole: what remains of all lines, tax included: the sum of ``base`` and
        of the taxes that count
    :return: the share, as ``rows``
    """
    taken = {
        key: {"quantity": divide(row["quantity"], part, whole), "base": 0, "taxes": {}}
        for key, row in rows.items()
    }
    counted = 0
    for tax in {tax: None for row in rows.values() for tax in row["taxes"]}:
        keys = [key for key, row in rows.items() if tax in row["taxes"]]
        amounts = [rows[key]["taxes"][tax][0] for key in keys]
        total = divide(sum(amounts), part, whole)
        for key, amount in zip(keys, share(amounts, part, whole, total), strict=True):
            _tax, base, is_counted = rows[key]["taxes"][tax]
            base = divide(base, part, whole)
            taken[key]["taxes"][tax] = [amount, base, is_counted]
            counted += amount * is_counted
    bases = share([row["base"] for row in rows.values()], part, whole, part - counted)
    for key, base in zip(rows, bases, strict=True):
        taken[key]["base"] = base
    for key, row in rows.items():
        give(row, taken[key], -1)
    return taken


def give(row, taken, sign=1):
    """Add what was taken of a line to it, or take it again (``sign`` -1)."""
    row["quantity"] += sign * taken["quantity"]
    row["base"] += sign * taken["base"]
    for tax, (amount, base, is_counted) in taken["taxes"].items():
        present = row["taxes"].get(tax, [0, 0])
        row["taxes"][tax] = [
            present[0] + sign * amount,
            present[1] + sign * base,
            is_counted,
        ]


def measure(rows):
    """Return the sum of base and taxes of lines."""
    return sum(
        row["base"]
        + sum(amount * counts for amount, _base, counts in row["taxes"].values())
        for row in rows.values()
    )
