"""Visits beside meetings of the calendar, as many of either: list, calendar, and the
day of a leader's people."""

from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from .bench_list import get_page
from .copying import get_last_id, insert_like, without_checks
from .generate import make_partner, make_salespeople
from .measure import Meter

GOAL = 1.5
VISITS = 500_000
CUSTOMERS = 1000
DAYS = 730  # of which the visits are
AHEAD = 30  # of these, so many are still to come
TABLES = (
    "calendar_attendee",
    "calendar_event",
    "calendar_event_res_partner_rel",
    "crm_resource_visit",
)
LISTS = {
    "ours": (
        "crm_resource.crm_resource_visit_action_all",
        "crm_resource.crm_resource_visit_view_list",
    ),
    "peer": ("calendar.action_calendar_event", "calendar.view_calendar_event_tree"),
}
SHOWN = ("display_name", "user_id")


def run(bench):
    """Measure what a salesperson, a leader and one who sees all wait for."""
    with bench.scratch() as env:
        users = make_salespeople(env)
        fill(env, users)
        everybody = env["res.users"].search([("login", "=", "bench_all")])
        for who, user in (("own", users[1]), ("leader", users[0]), ("all", everybody)):
            report(bench, env(user=user), who)


def report(bench, env, who):
    """One line for each of the three pages; those of visits and of meetings take
    turns."""
    works = {
        "list": (
            get_page(env, *LISTS["ours"], True),
            get_page(env, *LISTS["peer"], True),
        ),
        "calendar, a week": (
            get_span(env, "crm.resource.visit", "date_start", "date_end", 7),
            get_span(env, "calendar.event", "start", "stop", 7),
        ),
        "page of the day": (
            get_day(env, "crm.resource.visit", "date_start"),
            get_day(env, "calendar.event", "start"),
        ),
    }
    for name, pair in works.items():
        ours, peer = Meter(env.cr).compare(
            *pair, prepare=env.invalidate_all, repeats=15
        )
        label = f"visits, {name}, {who}, {VISITS}"
        bench.report_seconds(label, ours, peer, GOAL, "calendar.event")


def get_span(env, model, begin, end, days):
    """Return a function that reads what a calendar shows: the person's own, or, who
    sees all, those of everybody."""
    first = fields.Datetime.start_of(fields.Datetime.now(), "week")
    domain = [(begin, "<", first + timedelta(days=days)), (end, ">=", first)]
    if not env.user.has_group("sales_team.group_sale_salesman_all_leads"):
        domain.append(("user_id", "=", env.uid))
    names = [*SHOWN, begin, end]
    return lambda: env[model].search_read(domain, names)


def get_day(env, model, begin):
    """Return a function that reads today's of the person's people."""
    today = fields.Datetime.start_of(fields.Datetime.now(), "day")
    people = env["crm.team"]._get_led_members() | env.user
    domain = [
        ("user_id", "in", people.ids),
        (begin, ">=", today),
        (begin, "<", today + timedelta(days=1)),
    ]
    return lambda: env[model].search_read(domain, [*SHOWN, begin], order=f"{begin}, id")


def fill(env, users):
    """Make as many visits as meetings, each of a salesperson with a customer of his."""
    customers = make_customers(env, users)
    customer = customers[0]
    start = fields.Datetime.now().replace(microsecond=0)
    event = env["calendar.event"].create(
        {"name": "Meeting", "start": start, "stop": start + timedelta(hours=1)}
    )
    visit = env["crm.resource.visit"].create(
        {"partner_id": customer.id, "user_id": customer.user_id.id, "date_start": start}
    )
    visit.event_id.unlink()
    env.flush_all()
    source = get_source(env.cr, customers)
    with without_checks(env.cr, TABLES):
        insert_like(env.cr, "crm_resource_visit", visit.id, _VISIT, source)
        insert_like(env.cr, "calendar_event", event.id, _EVENT, "bench_visit source")
        attendee = event.attendee_ids[:1].id
        insert_like(
            env.cr, "calendar_attendee", attendee, _ATTENDEE, "bench_visit source"
        )
        env.cr.execute(
            """
            INSERT INTO calendar_event_res_partner_rel
                   (calendar_event_id, res_partner_id)
            SELECT event_id, person_id FROM bench_visit
             UNION ALL
            SELECT event_id, partner_id FROM bench_visit
            """
        )
        env.invalidate_all(flush=False)
        # half a million rows are written faster without indexes
        env["crm.resource.visit"]._refresh_audiences()
    env.cr.execute(SQL("ANALYZE"))
    env.cr.commit()


def make_customers(env, users):
    """Approved customers, in turn of each salesperson."""
    template = make_partner(env)
    quiet = env["res.partner"].with_context(tracking_disable=True)
    return quiet.create(
        [
            {
                "name": f"Customer {number:04}",
                "is_company": True,
                "country_id": template.country_id.id,
                "customer_state": "approved",
                "user_id": users[number % len(users)].id,
            }
            for number in range(CUSTOMERS)
        ]
    )


def get_source(cr, customers):
    """Make the table of whom and when; return it as a FROM clause."""
    cr.execute(
        SQL(
            """
            CREATE TEMP TABLE bench_visit AS
            SELECT k, %(visit)s + k AS id, %(event)s + k AS event_id,
                   %(attendee)s + k AS attendee_id, customer.id AS partner_id,
                   customer.user_id, team.crm_team_id AS team_id,
                   person.partner_id AS person_id,
                   DATE_TRUNC('day', LOCALTIMESTAMP)
                   + INTERVAL '1 day' * (%(ahead)s - k %% %(days)s)
                   + INTERVAL '1 hour' * (1 + k %% 9) AS date
              FROM GENERATE_SERIES(1, %(count)s) k
              JOIN UNNEST(%(customers)s::int4[]) WITH ORDINALITY chosen(id, place)
                ON chosen.place = 1 + k %% 9973 %% %(customer_count)s
              JOIN res_partner customer ON customer.id = chosen.id
              JOIN res_users person ON person.id = customer.user_id
              LEFT JOIN crm_team_member team
                ON team.user_id = person.id AND team.active;
            ANALYZE bench_visit
            """,
            visit=get_last_id(cr, "crm_resource_visit"),
            event=get_last_id(cr, "calendar_event"),
            attendee=get_last_id(cr, "calendar_attendee"),
            ahead=AHEAD,
            days=DAYS,
            count=VISITS,
            customers=customers.ids,
            customer_count=len(customers),
        )
    )
    return "bench_visit source"


_VISIT = {
    "id": "source.id",
    "name": "'B' || source.k",
    "subject": "'Visit ' || source.k",
    "state": "CASE WHEN source.date < LOCALTIMESTAMP THEN 'done' ELSE 'planned' END",
    "partner_id": "source.partner_id",
    "user_id": "source.user_id",
    "team_id": "source.team_id",
    "date_start": "source.date",
    "date_end": "source.date + INTERVAL '1 hour'",
    "create_date": "LEAST(source.date, LOCALTIMESTAMP)",
    "event_id": "NULL",
    "audience_id": "NULL",
}
_EVENT = {
    "id": "source.event_id",
    "name": "'Meeting ' || source.k",
    "user_id": "source.user_id",
    "start": "source.date",
    "stop": "source.date + INTERVAL '1 hour'",
    "access_token": "NULL",
}
_ATTENDEE = {
    "id": "source.attendee_id",
    "event_id": "source.event_id",
    "partner_id": "source.person_id",
    "access_token": "'bench' || source.k",
}
