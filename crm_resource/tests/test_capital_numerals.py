from decimal import Decimal
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..models.capital_numerals import DIGITS, capital_amount


def read(text):
    """Read capital numerals as a person does, digit by digit and unit by unit."""
    sign, text = (-1, text[1:]) if text.startswith("负") else (1, text)
    total = section = group = number = 0
    for letter in text:
        if letter in DIGITS:
            number = DIGITS.index(letter)
        elif letter in "拾佰仟":
            group += number * 10 ** ("拾佰仟".index(letter) + 1)
            number = 0
        elif letter == "万":
            section += (group + number) * 10**4
            group = number = 0
        elif letter == "亿":
            total = (total + section + group + number) * 10**8
            section = group = number = 0
        elif letter == "元":
            total += section + group + number
            section = group = number = 0
        elif letter in "角分":
            total += Decimal(number) / (10 if letter == "角" else 100)
            number = 0
    return sign * total


@tagged("post_install", "-at_install")
class TestCapitalNumerals(TestCase):
    def test_examples_of_the_rule(self):
        for amount, expected in (
            (1409.50, "壹仟肆佰零玖元伍角整"),
            (6007.14, "陆仟零柒元壹角肆分"),
            (1680.32, "壹仟陆佰捌拾元叁角贰分"),
            (16409.02, "壹万陆仟肆佰零玖元零贰分"),
            (325.04, "叁佰贰拾伍元零肆分"),
            (100000000, "壹亿元整"),
            (0, "零元整"),
            (0.5, "伍角整"),
        ):
            self.assertEqual(capital_amount(amount), expected)

    def test_currencies_with_other_decimals(self):
        self.assertEqual(capital_amount(1200, 0), "壹仟贰佰元整")
        self.assertEqual(capital_amount(1.205, 3), "壹点贰零伍元")
        self.assertEqual(capital_amount(7, 3), "柒元整")

    @given(st.integers(-(10**14), 10**14))
    def test_a_person_reads_the_amount(self, cents):
        amount = Decimal(cents) / 100
        text = capital_amount(amount)
        self.assertEqual(read(text), amount, text)
        self.assertNotIn("零零", text)
