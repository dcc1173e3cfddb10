"""Lists and searches of people who reach some of the customers and documents, beside
those of a colleague who reaches all."""

from .bench_list import CUSTOMER_LIST, CUSTOMERS, get_page
from .bench_search import get_ours, get_search, get_terms
from .measure import Meter

LIST_GOAL = 1.5
SEARCH_GOAL = 1.0
NAMES = 8  # that a field of a customer proposes
LISTS = {
    "customers": (CUSTOMERS, CUSTOMER_LIST),
    "leads": ("crm.crm_lead_action_pipeline", "crm.crm_case_tree_view_oppor"),
    "orders": ("sale.action_orders", "sale.sale_order_tree"),
}
LOGINS = {"own": "bench01", "department": "bench00", "all": "bench_all"}


def run(bench):
    """Measure the lists, then the searches, at every size."""
    for size in bench.sizes:
        with bench.customers(size) as env:
            users = env["res.users"]
            envs = {
                who: env(user=users.search([("login", "=", login)]))
                for who, login in LOGINS.items()
            }
            for name, page in LISTS.items():
                works = {who: get_page(envs[who], *page, True) for who in envs}
                report(bench, env, f"list of {name}, {size}", works, LIST_GOAL)
            for kind, term in get_terms(envs["own"]).items():
                label = f"{kind} '{term}', {size}"
                for name, get_work in SEARCHES.items():
                    works = {who: get_work(envs[who], term) for who in envs}
                    report(bench, env, f"{name} {label}", works, SEARCH_GOAL)


def get_names(env, term):
    """Return a function that proposes names as a field of a customer does."""
    return lambda: env["res.partner"].name_search(term, limit=NAMES)


SEARCHES = {
    "search box": lambda env, term: get_search(env, get_ours(term)),
    "name search": get_names,
}


def report(bench, env, name, works, goal):
    """One line for each person but the one who reaches all; they take turns."""
    seconds = Meter(env.cr).compare(
        *works.values(), prepare=env.invalidate_all, repeats=15
    )
    *ours, everything = seconds
    for who, taken in zip(works, ours, strict=False):
        bench.report_seconds(f"{name}, {who}", taken, everything, goal, "all")
