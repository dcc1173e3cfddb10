"""Invoices of instalments beside the core's invoices of the same content, and the
figures of many instalments."""

from odoo import Command, fields

from .measure import Meter

GOAL = 1.15
CONTRACTS = 500
ROUNDS = 4  # one to warm up, and the repeats
INSTALMENTS = 10_000


def run(bench):
    """Measure the invoices of many due instalments, posted, and count the queries of
    the states of few and many."""
    with bench.scratch() as env:
        env.company.crm_contract_invoice = "posted"
        contracts = make_contracts(env, CONTRACTS, ROUNDS)
        instalments = env["crm.resource.contract.instalment"]
        # the first one of each contract, then the second one of each, and so on
        rounds = iter(zip(*(one.instalment_ids for one in contracts), strict=True))
        made = []

        def invoice():
            made[:] = instalments.concat(*next(rounds))._create_invoices()
            env.flush_all()
            if len(made) != CONTRACTS or {move.state for move in made} != {"posted"}:
                raise AssertionError("not every instalment was invoiced and posted")

        def invoice_core():
            env["account.move"].create(values).action_post()
            env.flush_all()

        values = []

        def prepare():
            values[:] = [get_values(move) for move in made]

        seconds, peer = Meter(env.cr).compare(
            invoice, invoice_core, prepare=prepare, repeats=ROUNDS - 1
        )
        bench.report_seconds(
            f"invoices of {CONTRACTS} instalments, posted",
            seconds,
            peer,
            GOAL,
            "core create and post",
        )
        many = make_contracts(env, INSTALMENTS // 100, 100).instalment_ids
        counts = [count_queries(env, many[:size]) for size in (100, INSTALMENTS)]
        bench.inform(
            f"queries of the figures of 100 instalments: {counts[0]}, "
            f"of {INSTALMENTS}: {counts[1]}"
        )


def make_contracts(env, count, instalments):
    """Signed contracts of two lines, all of whose instalments are due."""
    today = fields.Date.context_today(env.user)
    customers = env["res.partner"].create(
        [
            {"name": f"Contract customer {number}", "customer_state": "approved"}
            for number in range(count)
        ]
    )
    pump, valve = env["product.product"].create(
        [
            {"name": name, "type": "service", "taxes_id": False}
            for name in ("Pump", "Valve")
        ]
    )
    contracts = env["crm.resource.contract"].create(
        [
            {
                "subject": f"Contract {number}",
                "partner_id": customer.id,
                "line_ids": [
                    Command.create(
                        {"product_id": product.id, "quantity": 3, "price_unit": price}
                    )
                    for product, price in ((pump, 700), (valve, 49.5))
                ],
                "instalment_ids": [
                    Command.create(
                        {
                            "name": f"Instalment {place}",
                            "percent": 100 / instalments,
                            "date_planned": today,
                        }
                    )
                    for place in range(instalments)
                ],
            }
            for number, customer in enumerate(customers)
        ]
    )
    contracts.action_sign()
    env.flush_all()
    return contracts


def get_values(move):
    """Return the values of an invoice of the same content that is no contract's."""
    return {
        "move_type": "out_invoice",
        "partner_id": move.partner_id.id,
        "currency_id": move.currency_id.id,
        "invoice_user_id": move.invoice_user_id.id,
        "team_id": move.team_id.id,
        "invoice_origin": move.invoice_origin,
        "invoice_line_ids": [
            Command.create(
                {
                    "name": line.name,
                    "product_id": line.product_id.id,
                    "product_uom_id": line.product_uom_id.id,
                    "quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                }
            )
            for line in move.invoice_line_ids
        ],
    }


def count_queries(env, instalments):
    """Return the queries of the figures of instalments."""
    env.flush_all()
    before = env.cr.sql_log_count
    instalments._get_figures()
    return env.cr.sql_log_count - before
