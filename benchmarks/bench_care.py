"""The nightly greetings and their preview, against one hand-written statement that
writes the same rows."""

from contextlib import ExitStack
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from . import database
from .measure import Meter

GOAL = 3
DAYS = 30
TABLES = ("crm_resource_care", "mail_activity", "res_partner")

# chance by the id: each day of the year somebody's; one in three by the moon
BIRTHDAYS = """
    UPDATE res_partner
       SET birth_calendar = CASE WHEN id %% 3 = 0 THEN 'lunar' ELSE 'solar' END,
           birth_month = 1 + id %% 12, birth_day = 1 + id / 12 %% 28
     WHERE commercial_partner_id IN (
           SELECT id FROM res_partner WHERE customer_state = 'approved');
    ANALYZE res_partner
"""

# the job in one statement: who is greeted, the log, the activity
FLOOR = """
    WITH born AS (
        SELECT person.id AS partner_id, customer.id AS customer_id, customer.user_id,
               key.day, person.name, NEXTVAL('mail_activity_id_seq') AS activity_id
          FROM res_partner person
          JOIN bench_key key
            ON key.month = person.birth_month AND key.number = person.birth_day
           AND key.calendar = person.birth_calendar
          JOIN res_partner customer ON customer.id = person.commercial_partner_id
         WHERE person.active AND NOT person.is_company AND person.type = 'contact'
           AND customer.customer_state = 'approved' AND customer.active
           AND customer.date_terminated IS NULL
           AND (customer.company_id IS NULL OR customer.company_id = %(company)s)
           AND customer.user_id IS NOT NULL
           AND key.day BETWEEN %(first)s AND %(last)s
    ), planned AS (
        INSERT INTO mail_activity (
            id, res_model, res_model_id, res_id, res_name, activity_type_id, user_id,
            date_deadline, summary, automated, active, create_uid, create_date,
            write_uid, write_date)
        SELECT activity_id, 'res.partner', %(model)s, customer_id, name, %(type)s,
               user_id, day, name, TRUE, TRUE, 1, NOW(), 1, NOW()
          FROM born
    )
    INSERT INTO crm_resource_care (
        rule_id, occasion, channel, company_id, currency_id, partner_id, customer_id,
        user_id, date_occasion, date_planned, state, activity_id, create_uid,
        create_date, write_uid, write_date)
    SELECT %(rule)s, 'birthday', 'activity', %(company)s, %(currency)s, partner_id,
           customer_id, user_id, day, day, 'assigned', activity_id, 1, NOW(), 1, NOW()
      FROM born
"""
FIND = """
    SELECT person.id, key.day
      FROM res_partner person
      JOIN bench_key key
        ON key.month = person.birth_month AND key.number = person.birth_day
       AND key.calendar = person.birth_calendar
      JOIN res_partner customer ON customer.id = person.commercial_partner_id
     WHERE person.active AND NOT person.is_company AND person.type = 'contact'
       AND customer.customer_state = 'approved' AND customer.active
       AND customer.date_terminated IS NULL
       AND (customer.company_id IS NULL OR customer.company_id = %(company)s)
       AND key.day BETWEEN %(first)s AND %(last)s
"""


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with bench.scratch(size) as env:
            measure(bench, env, size)


def measure(bench, env, size):
    """Measure the birthdays of a day, of all customers on a holiday, and a preview."""
    rules, values = prepare(env, bench.today)
    cr = env.cr
    birthday, holiday = rules

    def clean():
        cr.rollback()
        env.invalidate_all()
        database.vacuum(cr.dbname, *TABLES)

    def get_greeted(rule):
        cr.execute(
            "SELECT partner_id, date_occasion FROM crm_resource_care WHERE rule_id=%s",
            [rule.id],
        )
        return set(cr.fetchall())

    def greet(rule):
        env["crm.resource.care.rule"].search([]).filtered(
            lambda other: other != rule
        ).state = "draft"
        rule.state = "running"
        env["crm.resource.care.rule"]._cron_care(bench.today)
        return get_greeted(rule)

    def floor(rule, keys):
        cr.execute(FLOOR.replace("bench_key", keys), {**values, "rule": rule.id})
        return get_greeted(rule)

    def preview():
        dialog = env["crm.resource.care.preview"].create(
            {
                "rule_id": birthday.id,
                "date_from": values["first"],
                "date_to": values["first"] + timedelta(days=DAYS - 1),
            }
        )
        dialog.action_preview()
        cr.execute(
            """SELECT partner_id, date_occasion FROM crm_resource_care_preview_line
                WHERE preview_id = %s""",
            [dialog.id],
        )
        return set(cr.fetchall())

    def find():
        last = values["first"] + timedelta(days=DAYS - 1)
        cr.execute(FIND, {**values, "last": last})
        return set(cr.fetchall())

    with ExitStack() as stack:
        stack.enter_context(
            patch.object(
                env.registry["ir.cron"],
                "_commit_progress",
                lambda *_args, **_kwargs: env.flush_all() or float("inf"),
            )
        )
        stack.enter_context(
            patch.object(fields.Date, "context_today", lambda *_args: bench.today)
        )
        for name, work, other in (
            (
                f"greet the birthdays of a day among {size} customers",
                lambda: greet(birthday),
                lambda: floor(birthday, "bench_key"),
            ),
            (
                f"greet the contacts of {size} customers on a holiday",
                lambda: greet(holiday),
                lambda: floor(holiday, "bench_all"),
            ),
            (f"preview the birthdays of {DAYS} days", preview, find),
        ):
            clean()
            found = work()
            clean()
            expected = other()
            if found != expected:
                raise AssertionError(
                    f"{name}: {len(found - expected)} too many, "
                    f"{len(expected - found)} missing"
                )
            bench.inform(f"{len(found)} greeted")
            ours, theirs = Meter(cr).compare(work, other, prepare=clean)
            bench.report_seconds(name, ours, theirs, GOAL)
    clean()


def prepare(env, today):
    """Make the rules and the days by which the floor finds birthdays.

    :return: the rules; the values of the statements
    """
    from odoo.addons.crm_resource.models.lunar_calendar import get_keys

    cr = env.cr
    env["crm.resource.care.rule"].search([]).active = False
    holiday = env["crm.resource.holiday"].create(
        {"name": "Today", "month": today.month, "day": today.day}
    )
    rules = env["crm.resource.care.rule"].create(
        [
            {"name": "Birthday", "channel": "activity"},
            {
                "name": "Holiday",
                "channel": "activity",
                "occasion": "holiday",
                "holiday_id": holiday.id,
                "gift_ids": [Command.create({"name": "Tea"})],
            },
        ]
    )
    cr.execute(BIRTHDAYS)
    cr.execute(
        """CREATE TABLE bench_key (day date, calendar varchar, month int, number int);
           CREATE TABLE bench_all (day date, calendar varchar, month int, number int)"""
    )
    for number in range(DAYS):
        day = today + timedelta(days=number)
        for key in get_keys(day):
            if not key.is_leap:
                cr.execute(
                    "INSERT INTO bench_key VALUES (%s, %s, %s, %s)",
                    [day, key.calendar, key.month, key.day],
                )
    cr.execute(
        """INSERT INTO bench_all
           SELECT %s, calendar, month, number
             FROM UNNEST(ARRAY['lunar', 'solar']) calendar,
                  GENERATE_SERIES(1, 12) month, GENERATE_SERIES(1, 28) number""",
        [today],
    )
    env["ir.config_parameter"].set_param("crm_resource.date_refreshed", str(today))
    cr.commit()
    return rules, {
        "company": env.company.id,
        "currency": env.company.currency_id.id,
        "first": today,
        "last": today,
        "model": env["ir.model"]._get_id("res.partner"),
        "type": env.ref("crm_resource.mail_activity_data_care").id,
    }
