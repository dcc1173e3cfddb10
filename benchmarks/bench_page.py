"""The customer's page beside the core's form; a long timeline; the start page."""

from collections import namedtuple
from datetime import datetime, time, timedelta
from functools import partial
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from .bench_list import ADDONS
from .measure import Meter
from .runner import format_seconds

PAGE_GOAL = 1.5
GOAL = 0.1  # seconds
EVENTS = 10_000
# in each block of the start page; it shows fewer
ROWS = 20
FORM = "base.view_partner_form"
SALESPERSON = "bench01"
MANAGER = "bench_all"

# what the web client asks for to show a form
Page = namedtuple("Page", ["partner", "specification"])

# of two years: messages, and a meeting for every fourth of them
MESSAGES = """
    INSERT INTO mail_message (
        model, res_id, message_type, subtype_id, author_id, date, body, subject,
        create_uid, create_date, write_uid, write_date)
    SELECT 'res.partner', %(customer)s, 'comment', %(subtype)s, %(author)s,
           %(today)s - place %% 700 * INTERVAL '1 day' - place * INTERVAL '1 second',
           '<p>Said</p>', 'Message ' || place, 1, %(today)s, 1, %(today)s
      FROM GENERATE_SERIES(1, %(count)s) place;
    ANALYZE mail_message
"""
MEETINGS = """
    WITH meeting AS (
        INSERT INTO calendar_event (
            name, start, stop, user_id, active, privacy, show_as,
            create_uid, create_date, write_uid, write_date)
        SELECT 'Meeting ' || place, day, day + INTERVAL '1 hour', %(user)s,
               TRUE, 'public', 'busy', 1, %(today)s, 1, %(today)s
          FROM GENERATE_SERIES(1, %(count)s) place,
               LATERAL (SELECT %(today)s - place %% 700 * INTERVAL '1 day'
                               - place * INTERVAL '1 minute' AS day) moment
     RETURNING id
    )
    INSERT INTO calendar_event_res_partner_rel (calendar_event_id, res_partner_id)
    SELECT id, %(customer)s FROM meeting;
    ANALYZE calendar_event, calendar_event_res_partner_rel
"""
GIVEN = """
    INSERT INTO crm_resource_assignment (partner_id, kind, user_to_id, author_id, date)
    SELECT id, 'allocate', %(user)s, %(author)s, %(now)s
      FROM res_partner WHERE id = ANY(%(customers)s);
    UPDATE crm_resource_standing SET date_recall = %(today)s + partner_id %% 20
     WHERE partner_id = ANY(%(customers)s);
    UPDATE res_partner
       SET customer_state = 'submitted', submitted_by_id = %(user)s,
           date_submitted = %(now)s
     WHERE id = ANY(%(waiting)s);
    ANALYZE crm_resource_assignment, crm_resource_standing, res_partner
"""


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with (
            bench.scratch(size) as env,
            patch.object(fields.Date, "context_today", lambda *_args: bench.today),
        ):
            measure(bench, env, size)


def measure(bench, env, size):
    """Measure as a salesperson, on one of his customers with orders."""
    users = env["res.users"]
    user = users.search([("login", "=", SALESPERSON)])
    manager = users.search([("login", "=", MANAGER)])
    customers = env["res.partner"].search(
        [("user_id", "=", user.id), ("sale_order_ids", "!=", False)], limit=ROWS
    )
    customer = customers[0].with_user(user)
    measure_page(bench, customer, size)
    make_events(customer, bench.today)
    measure_timeline(bench, customer, size)
    make_work(customers, user, manager, bench.today)
    for person in (user, manager):
        measure_start(bench, env(user=person), size)


def measure_page(bench, customer, size):
    """Compare the whole page, its figures with it, with what of it is the core's."""
    core = Page(customer, get_specification(customer, is_core=True))
    ours = Page(customer, get_specification(customer, is_core=False))
    seconds, peer = Meter(customer.env.cr).compare(
        partial(read_page, ours),
        partial(read_page, core),
        prepare=customer.env.invalidate_all,
        repeats=15,
    )
    bench.report_seconds(
        f"customer's page, {size}", seconds, peer, PAGE_GOAL, "core contact form"
    )
    counts = [count_queries(customer.env, partial(read_page, p)) for p in (ours, core)]
    bench.inform("%s queries, core %s" % tuple(counts))


def measure_timeline(bench, customer, size):
    """Measure the first page of a long timeline, and one further back."""
    cursor = None
    for _page in range(9):
        cursor = customer.get_timeline(cursor=cursor)["cursor"]
    for name, start in (("first", None), ("tenth", cursor)):
        report_work(
            bench,
            customer.env,
            f"{name} page of a timeline of {EVENTS} events, {size}",
            partial(customer.get_timeline, cursor=start),
        )


def measure_start(bench, env, size):
    """Measure each block of a person's start page."""
    start = env["crm.resource.start"]
    for block in start.get_blocks():
        key = block["key"]
        content = start.get_block(key)
        if not content["has_more"] and not content["figures"]:
            bench.inform(f"{len(content['rows'])} rows for {env.user.login}:")
        report_work(
            bench,
            env,
            f"start page of {env.user.login}, {key}, {size}",
            partial(start.get_block, key),
        )


def report_work(bench, env, name, work):
    """Report the CPU seconds of something that may take `GOAL`."""
    [seconds] = Meter(env.cr).compare(work, prepare=env.invalidate_all, repeats=9)
    bench.report(
        name,
        format_seconds(seconds),
        f"{count_queries(env, work)} queries",
        f"{seconds / GOAL:.2f}x",
        f"goal <= {format_seconds(GOAL)}",
        seconds <= GOAL,
    )


def count_queries(env, work):
    """Return how many queries a work needs."""
    env.invalidate_all()
    before = env.cr.sql_log_count
    work()
    return env.cr.sql_log_count - before


# ------------------------------------------------------------
# The form
# ------------------------------------------------------------


def read_page(page):
    """Read what the web client reads to show the form."""
    page.partner.web_read(page.specification)


def get_specification(partners, is_core):
    """Return what the form reads, all of it or only what is the core's."""
    view = partners.env.ref(FORM).id
    arch = etree.fromstring(partners.get_view(view, "form")["arch"])
    return get_node_specification(arch, partners, is_core)


def get_node_specification(arch, records, is_core):
    """Return what the web client asks for to show a view: lists inside it with their
    columns, no names of what is never shown."""
    specification = {}
    for node in arch.iterdescendants("field"):
        if next(node.iterancestors("field"), arch) is not arch:
            continue  # a column
        field = records._fields[node.get("name")]
        if is_core and ADDONS.issuperset(field._modules):
            continue
        specification[field.name] = {}
        is_shown = node.get("invisible") not in ("1", "True")
        if field.relational and is_shown:
            lines = records.env[field.comodel_name]
            columns = get_node_specification(node, lines, is_core)
            specification[field.name]["fields"] = columns or {"display_name": {}}
        elif field.type == "many2one":
            specification[field.name]["fields"] = {}
    return specification


# ------------------------------------------------------------
# What is on the pages
# ------------------------------------------------------------


def make_events(customer, today):
    """Let much have happened with a customer."""
    env = customer.env(su=True)
    values = {
        "customer": customer.id,
        "subtype": env.ref("mail.mt_comment").id,
        "author": customer.env.user.partner_id.id,
        "user": customer.env.uid,
        "today": today,
    }
    meetings = EVENTS // 5
    env.cr.execute(SQL(MESSAGES, count=EVENTS - meetings, **values))
    env.cr.execute(SQL(MEETINGS, count=meetings, **values))
    env.cr.commit()


def make_work(customers, user, manager, today):
    """Give a salesperson and a manager more to do than the start page shows."""
    env = customers.env
    groups = ("crm_resource.group_reviewer", "sales_team.group_sale_manager")
    manager.group_ids += env["res.groups"].union(*map(env.ref, groups))
    for person in (user, manager):
        plan_day(customers, person, today)
    for customer in customers:
        request = (
            env["crm.resource.change.request"]
            .with_user(user)
            .create(
                {"partner_id": customer.id, "reason": "More", "new_credit_limit": 1000}
            )
        )
        request.request_validation()
    waiting = env["res.partner"].search(
        [("customer_state", "=", "approved"), ("id", "not in", customers.ids)],
        limit=ROWS,
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            GIVEN,
            user=user.id,
            author=manager.id,
            customers=customers.ids,
            waiting=waiting.ids,
            today=today,
            now=fields.Datetime.now(),
        )
    )
    env.cr.commit()


def plan_day(customers, person, today):
    """Fill a person's day, and let him pin customers."""
    env = customers.env
    begin = datetime.combine(today, time(12))
    for customer in customers:
        customer.activity_schedule(
            "mail.mail_activity_data_call", today, user_id=person.id
        )
        customer.with_user(person).action_toggle_pin()
    env["calendar.event"].with_context(no_mail_to_attendees=True).create(
        [
            {
                "name": customer.name,
                "start": begin,
                "stop": begin + timedelta(hours=1),
                "user_id": person.id,
                "partner_ids": [Command.set((customer | person.partner_id).ids)],
            }
            for customer in customers
        ]
    )
