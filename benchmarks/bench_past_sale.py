"""Importing past sales from a file: a generated one of the customers and products that
are there, beside copying the same lines, ready as they are; and a real one, whose
customers and products are all to be created."""

import csv
import datetime
import io
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from .measure import Meter

GOAL = 15_000  # lines for each CPU second
GOAL_SECONDS = 120  # for the real file
GOAL_MEMORY = 1.2  # times the memory, for three times the lines
LINES = 150_000
REPEATS = 3
REAL_FILE = Path(__file__).parents[2] / "shared/data/online_retail.csv.xz"
REAL_SUM = Decimal("9747747.93")
IMPORT = "crm.resource.past.sale.import"
TABLE = "crm_resource_past_sale"
COLUMNS = (
    "import_id, company_id, key, document, date, partner_id, product_id, name,"
    " quantity, price_unit, amount, currency_id"
)
HEADERS = (
    "InvoiceNo",
    "InvoiceDate",
    "CustomerID",
    "StockCode",
    "Description",
    "Quantity",
    "UnitPrice",
)


def run(bench):
    """Measure every size, then the real file; nothing stays."""
    for size in bench.sizes:
        with bench.customers(size) as env, tempfile.TemporaryDirectory() as folder:
            measure_lines(bench, env, size, Path(folder))
            if size == bench.sizes[0]:
                measure_memory(bench, env, Path(folder))
    if REAL_FILE.exists():
        with bench.scratch() as env:
            measure_real_file(bench, env)


def measure_lines(bench, env, size, folder):
    """Lines for each CPU second, and the seconds of a bare COPY of the same lines."""
    path = write_file(env, folder / "sales.csv", LINES)
    lines = read_lines(env, import_file(env, path, LINES))
    env.cr.rollback()
    ours, floor = Meter(env.cr).compare(
        lambda: import_file(env, path, LINES),
        lambda: copy_lines(env, lines),
        prepare=env.cr.rollback,
        repeats=REPEATS,
    )
    env.cr.rollback()
    bench.report(
        f"import of {LINES} past sales among {size} customers",
        f"{LINES / ours:.0f} lines/s",
        f"COPY alone {LINES / floor:.0f} lines/s",
        f"{ours / floor:.1f}x",
        f"goal >= {GOAL} lines/s",
        LINES / ours >= GOAL,
    )


def measure_memory(bench, env, folder):
    """Three times the lines may not take more memory."""
    meter, peaks = Meter(env.cr), []
    for count in (LINES, 3 * LINES):
        path = write_file(env, folder / f"{count}.csv", count)
        peaks.append(sum(meter.peaks(lambda p=path, c=count: import_file(env, p, c))))
        env.cr.rollback()
    small, large = peaks
    bench.report(
        f"memory of {3 * LINES} past sales",
        f"{large:.0f} MiB",
        f"of {LINES} {small:.0f} MiB",
        f"{large / max(small, 1):.2f}x",
        f"goal <= {GOAL_MEMORY}x",
        large <= GOAL_MEMORY * max(small, 1),
    )


def measure_real_file(bench, env):
    """Seconds on the clock, with 4 373 customers and 4 070 products to be created."""
    env = env(user=env.ref("base.user_admin"))
    meter, start, imports = Meter(env.cr), time.monotonic(), []
    cpu = meter.seconds(
        lambda: imports.append(env[IMPORT]._import_file(str(REAL_FILE), source="real"))
    )
    seconds = time.monotonic() - start
    (record,) = imports
    (total,) = map(Decimal, record.amounts.values())
    if total != REAL_SUM or record.refused_count:
        raise AssertionError(f"{total} came instead of {REAL_SUM}")
    bench.report(
        f"import of the real file ({record.line_count} lines)",
        f"{seconds:.0f} s",
        f"{record.line_count / cpu:.0f} lines for each CPU second",
        f"{seconds / GOAL_SECONDS:.2f}x",
        f"goal <= {GOAL_SECONDS} s",
        seconds <= GOAL_SECONDS,
    )


def import_file(env, path, count):
    """Import the file, and see that every line came and nothing else was created."""
    record = env[IMPORT]._import_file(str(path), source="bench")
    created = record.new_customer_count + record.new_product_count
    if (record.line_count, created) != (count, 0):
        raise AssertionError("lines were refused, or customers or products not found")
    return record


def read_lines(env, record):
    """Return the imported lines as COPY writes them, keys and all."""
    text = io.StringIO()
    query = f"SELECT {COLUMNS} FROM {TABLE} WHERE import_id = {record.id}"
    env.cr.copy_expert(f"COPY ({query}) TO STDOUT", text)
    return text.getvalue()


def copy_lines(env, lines):
    """Copy lines that are ready into the same table."""
    env.cr.copy_expert(f"COPY {TABLE} ({COLUMNS}) FROM STDIN", io.StringIO(lines))


def write_file(env, path, count):
    """Write a file of documents of one to eight lines over two years."""
    known = [("customer_state", "!=", False), ("customer_code", "!=", False)]
    customers = env["res.partner"].search(known, limit=50_000).mapped("customer_code")
    products = env["product.product"].search([("sale_ok", "=", True)], limit=200)
    goods = [(product.default_code or "", product.name) for product in products]
    start = datetime.date(2024, 1, 1)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADERS)
        for number in range(count):
            document = number // 5
            writer.writerow(
                (
                    500000 + document,
                    start + datetime.timedelta(days=document * 700 * 5 // count),
                    customers[document * 104729 % len(customers)],
                    *goods[number * 7919 % len(goods)],
                    number % 24 - 1,
                    f"{number % 997 / 100:.2f}",
                )
            )
    return path
