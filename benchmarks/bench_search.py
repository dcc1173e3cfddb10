"""The search box of customers: words, parts of words, Chinese, codes, numbers."""

import re

from odoo.tools import SQL

from .measure import Meter

GOAL = 0.035  # CPU seconds to find, order and count the first page
ROWS = 80
COUNT_LIMIT = 10_001  # the web client does not count further
CUSTOMER = [("customer_state", "!=", False)]
CORE_BOX = ("complete_name", "ref", "email", "vat", "company_registry")
OUR_INDEXES = re.compile(r"res_partner_(\w+_(trigram|bigram)|customer_\w+)_idx")


def run(bench):
    """Measure each kind of term at every size."""
    for size in bench.sizes:
        with bench.customers(size) as env:
            terms = get_terms(env)
            env = env(user=env.ref("base.user_admin"))
            ours = {kind: measure(env, get_ours(term)) for kind, term in terms.items()}
            drop_our_indexes(env.cr)
            for kind, term in terms.items():
                report(bench, env, f"search {kind}, {size} customers", term, ours[kind])


def report(bench, env, name, term, ours):
    """One line for a term; the core is measured without the addon's indexes."""
    core = measure(env, [("complete_name", "ilike", term)])
    box = ["|"] * (len(CORE_BOX) - 1) + [(field, "ilike", term) for field in CORE_BOX]
    box = measure(env, box)
    bench.report(
        f"{name} '{term}'",
        f"{ours * 1000:.1f} ms",
        f"core {core * 1000:.1f} ms by name, {box * 1000:.1f} ms by its search box",
        f"{ours / core:.2f}x",
        f"goal <= {GOAL * 1000:.0f} ms",
        ours <= GOAL,
    )


def get_ours(term):
    """The domain that the search box makes of a term in the list of customers."""
    return [*CUSTOMER, ("customer_search", "ilike", term)]


def measure(env, domain):
    """Return the CPU seconds of finding and counting."""
    work = get_search(env, domain)
    return Meter(env.cr).compare(work, prepare=env.invalidate_all)[0]


def get_search(env, domain):
    """Return a function that finds and counts as a list does."""
    partners = env["res.partner"]

    def search():
        found = partners.search(domain, limit=ROWS)
        if len(found) == ROWS:  # as the web client: fewer need no counting
            partners.search_count(domain, limit=COUNT_LIMIT)

    return search


def drop_our_indexes(cr):
    """Drop the addon's indexes of contacts, until the transaction is rolled back."""
    cr.execute(SQL("SELECT indexname FROM pg_indexes WHERE tablename = 'res_partner'"))
    for (index,) in cr.fetchall():
        if OUR_INDEXES.fullmatch(index):
            cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))


def get_terms(env):
    """Terms taken from customers in the middle of the table."""
    partners = env["res.partner"]
    middle = partners.search_count(CUSTOMER) // 2

    def get(*domain):
        return partners.search(
            [*CUSTOMER, *domain, ("is_company", "=", True)],
            offset=middle // 4,
            limit=1,
            order="id",
        )

    chinese = get(("country_id.code", "=", "CN"))
    latin = get(("country_id.code", "!=", "CN"))
    word = latin.name.split()[0]
    return {
        "Latin word": word,
        "part of a Latin word": word[1:6].lower(),
        "frequent Latin word": latin.name.split()[1],
        "two Chinese letters": chinese.name[2:4],
        "two frequent Chinese letters": chinese.name[:2],
        "three Chinese letters": chinese.name[2:5],
        "one Chinese letter": chinese.name[2],
        "code": latin.customer_code,
        "phone": latin.phone[-9:],
        "e-mail": latin.email,
        "part of an e-mail": latin.email.split("@")[1],
        "tax id": latin.vat,
        "nothing found": "Zyxwvut",
    }
