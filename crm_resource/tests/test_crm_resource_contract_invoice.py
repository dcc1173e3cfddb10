from freezegun import freeze_time
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from .common_contract import TODAY, ContractCommon

CURRENCIES = {"JPY": 1, "CNY": 0.01, "KWD": 0.001, "CHF": 0.05}
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "quantity": st.decimals("0.01", 500, places=2),
            "price_unit": st.decimals(-500, 9999, places=2),
            "discount": st.sampled_from([0, 5, 12.5, 33.33, 100]),
            "taxes": st.sets(st.integers(0, 4), max_size=2),
        }
    ),
    min_size=1,
    max_size=4,
)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCrmResourceContractInvoice(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = {}
        for name, rounding in CURRENCIES.items():
            currency = (
                cls.env["res.currency"]
                .with_context(active_test=False)
                .search([("name", "=", name)])
            )
            currency.write({"active": True, "rounding": rounding})
            cls.currencies[name] = currency
        cls.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 6.875,
                "currency_id": cls.currencies["CNY"].id,
                "company_id": cls.company.id,
            }
        )
        tax = cls.env["account.tax"]
        cls.taxes = tax.create(
            [
                {"name": "13", "amount": 13},
                {"name": "6.5", "amount": 6.5, "sequence": 2},
                {
                    "name": "9 incl",
                    "amount": 9,
                    "price_include_override": "tax_included",
                },
                {"name": "Fixed", "amount_type": "fixed", "amount": 0.35},
                {
                    "name": "3 on top",
                    "amount": 3,
                    "include_base_amount": True,
                    "sequence": 0,
                },
            ]
        )

    @settings(max_examples=40, deadline=None, phases=[Phase.generate])
    @given(
        lines=LINES,
        cuts=st.lists(st.integers(1, 9999), max_size=5, unique=True),
        currency=st.sampled_from(sorted(CURRENCIES)),
        method=st.sampled_from(["round_per_line", "round_globally"]),
        order=st.randoms(use_true_random=False),
    )
    def test_sum_of_the_invoices_is_the_contract(
        self, lines, cuts, currency, method, order
    ):
        """However a contract is divided, in whatever order it is invoiced: the invoices
        come to what the ERP invoices in one go, untaxed, of each tax, and in total; and
        each comes to its instalment."""
        with self.env.cr.savepoint() as savepoint:
            self.company.tax_calculation_rounding_method = method
            values = [
                {
                    "product_id": self.product_a.id,
                    "name": "Pump",
                    "quantity": float(line["quantity"]),
                    "price_unit": float(line["price_unit"]),
                    "discount": line["discount"],
                    "tax_ids": [
                        Command.set([self.taxes[place].id for place in line["taxes"]])
                    ],
                }
                for line in lines
            ]
            currency = self.currencies[currency]
            whole = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "currency_id": currency.id,
                    "invoice_date": TODAY,
                    "invoice_line_ids": [Command.create(line) for line in values],
                }
            )
            contract = self._make_contract(values, [], currency_id=currency.id)
            self.assertEqual(
                (contract.amount_untaxed, contract.amount_tax, contract.amount_total),
                (whole.amount_untaxed, whole.amount_tax, whole.amount_total),
            )
            if contract.amount_total > currency.rounding * (len(cuts) + 1) * 10:
                self._check_parts(contract, sorted(cuts), whole, order)
            savepoint.rollback()
            self.env.invalidate_all()

    def _check_parts(self, contract, cuts, whole, order):
        percents = [b - a for a, b in zip([0, *cuts], [*cuts, 10000], strict=True)]
        contract.instalment_ids = [
            Command.create(
                {"name": "Part", "percent": percent / 100, "date_planned": TODAY}
            )
            for percent in percents
        ]
        contract.instalment_ids.filtered(lambda part: not part.amount).unlink()
        self.assertEqual(contract.amount_unplanned, 0)
        contract.action_sign()
        parts = list(contract.instalment_ids)
        order.shuffle(parts)
        moves = self.env["account.move"]
        for part in parts:
            move = self._invoice(part)
            move.sudo().invoice_date = TODAY
            move.sudo().action_post()
            self.assertEqual(move.amount_total, part.amount)
            moves |= move.sudo()
        currency = contract.currency_id
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertEqual(
                currency.round(sum(moves.mapped(name))), currency.round(whole[name])
            )
        for tax in self.taxes:
            self.assertEqual(
                currency.round(sum(self._get_tax(move, tax) for move in moves)),
                currency.round(self._get_tax(whole, tax)),
                tax.name,
            )
        lines = moves.invoice_line_ids
        self.assertAlmostEqual(
            sum(lines.filtered("product_id").mapped("quantity")),
            sum(contract.line_ids.mapped("quantity")),
            places=2,
        )

    def _get_tax(self, move, tax):
        lines = move.line_ids.filtered(lambda line: line.tax_line_id == tax)
        return -sum(lines.mapped("amount_currency"))
