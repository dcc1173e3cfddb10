"""The customer's page beside the core's form; a long timeline; the start page."""

from lxml import etree

from odoo.tools import SQL

from .measure import Meter

PAGE_GOAL = 1.5
GOAL = 0.1  # seconds
EVENTS = 10_000
FORM = "base.view_partner_form"
LOGIN = "bench01"
# fields of the form that only the addons have
OURS = ("crm_resource", "crm_resource_service", "crm_resource_reports")

# chance by the number: messages, meetings and orders of one customer over two years
MESSAGES = """
    INSERT INTO mail_message (model, res_id, message_type, subtype_id, author_id, date,
                              body, subject, create_uid, create_date, write_uid,
                              write_date)
    SELECT 'res.partner', %(customer)s, 'comment', %(subtype)s, %(author)s,
           %(today)s - place %% 700 * INTERVAL '1 day' - place * INTERVAL '1 second',
           '<p>Said</p>', 'Message ' || place, 1, %(today)s, 1, %(today)s
      FROM GENERATE_SERIES(1, %(count)s) place;
    ANALYZE mail_message
"""


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with bench.scratch(size) as env:
            measure(bench, env, size)


def measure(bench, env, size):
    """Measure as a salesperson, on one of his customers with orders."""
    user = env["res.users"].search([("login", "=", LOGIN)])
    customer = env["res.partner"].search(
        [("user_id", "=", user.id), ("sale_order_ids", "!=", False)], limit=1
    )
    own = env(user=user)
    meter = Meter(env.cr)
    page, core = meter.compare(
        lambda: read_page(own, customer.id, True),
        lambda: read_page(own, customer.id, False),
        prepare=env.invalidate_all,
        repeats=15,
    )
    bench.report_seconds(
        f"customer's page, {size}", page, core, PAGE_GOAL, "core contact form"
    )
    env.cr.execute(
        MESSAGES,
        {
            "customer": customer.id,
            "subtype": env.ref("mail.mt_comment").id,
            "author": user.partner_id.id,
            "today": bench.today,
            "count": EVENTS,
        },
    )
    env.cr.commit()
    works = {
        "first page of a timeline of 10 000 events": lambda: get_timeline(
            own, customer.id
        ),
        "tenth page of it": lambda: get_timeline(own, customer.id, cursors[8]),
    }
    cursors = get_cursors(own, customer.id)
    start = own["crm.resource.start"]
    for block in start.get_blocks():
        works[f"start page, {block['key']}"] = lambda key=block["key"]: start.get_block(
            key
        )
    for name, work in works.items():
        [seconds] = meter.compare(work, prepare=env.invalidate_all, repeats=9)
        bench.report(
            f"{name}, {size}",
            f"{seconds * 1000:.1f} ms",
            "-",
            f"{seconds / GOAL:.2f} of it",
            f"goal <= {GOAL * 1000:.0f} ms",
            seconds <= GOAL,
        )
    cr = env.cr
    cr.execute(SQL("DELETE FROM mail_message WHERE res_id = %s", customer.id))
    cr.commit()


def read_page(env, customer, with_ours):
    """Read what the web client reads to show the form, with all that is ours or without
    any of it."""
    partner = env["res.partner"].browse(customer)
    partner.web_read(get_specification(env, with_ours))
    if with_ours:
        partner.get_page_figures()


def get_specification(env, with_ours):
    """Return what the form reads; lists inside it with their columns."""
    partners = env["res.partner"]
    view = env.ref(FORM).id
    arch = etree.fromstring(partners.get_view(view, "form")["arch"])
    names = {
        node.get("name")
        for node in arch.iter("field")
        if not any(above.tag == "field" for above in node.iterancestors())
    }
    specification = {}
    for name in names & partners._fields.keys():
        field = partners._fields[name]
        # core's own field, or one that our addons brought or changed
        if not with_ours and set(field._modules) <= set(OURS):
            continue
        if field.relational:
            specification[name] = {"fields": {"display_name": {}}}
        else:
            specification[name] = {}
    return specification


def get_timeline(env, customer, cursor=None):
    """Return a page of the timeline."""
    return env["res.partner"].browse(customer).get_timeline(cursor=cursor)


def get_cursors(env, customer):
    """Return the cursors of the first pages."""
    cursors = [None]
    for _page in range(9):
        cursors.append(get_timeline(env, customer, cursors[-1])["cursor"])
    return cursors
