"""Amounts in capital Chinese numerals, as contracts and bills have them.

After the rules for filling in bills and settlement vouchers in the annex of the Payment
and Settlement Measures of the People's Bank of China (1997). Plain Python that knows
nothing of the ERP.
"""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def capital_amount(amount, places=2):
    """Return an amount of money in capital numerals.

    :param amount: number, below 10 000 billion (10^16)
    :param int places: decimals of the currency: with up to two, tenths and hundredths
        are 角 and 分, else decimals follow a point
    :return: text

    >>> capital_amount(1409.5)
    '壹仟肆佰零玖元伍角整'
    >>> capital_amount(6007.14)
    '陆仟零柒元壹角肆分'
    >>> capital_amount(107000.53)
    '壹拾万柒仟元伍角叁分'
    >>> capital_amount(0.05)
    '伍分'
    >>> capital_amount(-100000000)
    '负壹亿元整'
    >>> capital_amount(12.345, 3)
    '壹拾贰点叁肆伍元'
    """
    text = f"{abs(amount):.{places}f}"
    whole, _point, decimals = text.partition(".")
    sign = "负" if amount < 0 and text.strip("0.") else ""
    if places > 2 and decimals.strip("0"):
        digits = "".join(DIGITS[int(digit)] for digit in decimals)
        return f"{sign}{_capital_integer(whole)}点{digits}元"
    return sign + _capital_money(whole, (decimals + "00")[:2])


def _capital_money(whole, decimals):
    tenths, hundredths = map(int, decimals)
    has_whole = bool(int(whole))
    result = f"{_capital_integer(whole)}元" if has_whole else ""
    if not tenths and not hundredths:
        return f"{result or '零元'}整"
    if tenths:
        result += f"{DIGITS[tenths]}角"
    elif has_whole:
        result += "零"
    return result + (f"{DIGITS[hundredths]}分" if hundredths else "整")


def _capital_integer(digits):
    """Return a whole number, given by its digits; one zero stands for several, and none
    at the end of a group of four that is not empty."""
    groups = []
    while digits:
        digits, group = digits[:-4], digits[-4:]
        groups.append(group)
    result, is_zero = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        for position, digit in enumerate(group):
            if digit == "0":
                is_zero = True
                continue
            if is_zero and result:
                result += "零"
            is_zero = False
            result += DIGITS[int(digit)] + UNITS[len(group) - 1 - position]
        if int(group):
            result += GROUPS[place]
            # the zeros at its end are not read
            is_zero = False
    return result or DIGITS[0]
