"""The nightly greetings and their preview, each against one hand-written statement that
writes the same rows."""

from datetime import timedelta
from functools import partial

from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.crm_resource.models.lunar_calendar import get_keys

from .jobs import compare, night

DAYS = 30
TABLES = (
    "crm_resource_care",
    "crm_resource_care_preview_line",
    "mail_activity",
    "res_partner",
)

# chance by the id: each day of the year somebody's; one in three by the moon
BIRTHDAYS = """
    UPDATE res_partner
       SET birth_calendar = CASE WHEN id %% 3 = 0 THEN 'lunar' ELSE 'solar' END,
           birth_month = 1 + id %% 12, birth_day = 1 + id / 12 %% 28
     WHERE commercial_partner_id IN (
           SELECT id FROM res_partner WHERE customer_state = 'approved');
    ANALYZE res_partner
"""

# who is greeted: those who have one of the keys
FIND = """
    SELECT person.id AS partner_id, customer.id AS customer_id, customer.user_id,
           key.day, person.name
      FROM res_partner person
      JOIN %(keys)s key
        ON key.month = person.birth_month AND key.number = person.birth_day
       AND key.calendar = person.birth_calendar
      JOIN res_partner customer ON customer.id = person.commercial_partner_id
     WHERE person.active AND NOT person.is_company AND person.type = 'contact'
       AND customer.customer_state = 'approved' AND customer.active
       AND customer.date_terminated IS NULL
       AND (customer.company_id IS NULL OR customer.company_id = %(company)s)
       AND customer.user_id IS NOT NULL
       AND key.day BETWEEN %(first)s AND %(last)s
"""
# the job in one statement: the log, the activity
FLOOR = """
    WITH born AS (
        SELECT *, NEXTVAL('mail_activity_id_seq') AS activity_id FROM (%(find)s) found
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
# the preview in one statement: its lines
PREVIEW = """
    INSERT INTO crm_resource_care_preview_line (
        preview_id, rule_id, occasion, channel, currency_id, partner_id, customer_id,
        user_id, date_occasion, date_planned, amount, create_uid, create_date,
        write_uid, write_date)
    SELECT %(preview)s, %(rule)s, 'birthday', 'activity', %(currency)s, partner_id,
           customer_id, user_id, day, day, 0, 1, NOW(), 1, NOW()
      FROM (%(find)s) found
"""


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with bench.scratch(size) as env:
            measure(bench, env, size)


def measure(bench, env, size):
    """Measure the birthdays of a day, of all customers on a holiday, and a preview."""
    birthday, holiday = make_rules(env, bench.today)
    make_keys(env, bench.today)
    last = bench.today + timedelta(days=DAYS - 1)
    with night(env, bench.today):
        for name, rule, work, floor in (
            (
                "greet on the birthdays of a day",
                birthday,
                partial(greet, birthday, bench.today),
                partial(write_floor, birthday, "bench_key", bench.today),
            ),
            (
                "greet on a holiday",
                holiday,
                partial(greet, holiday, bench.today),
                partial(write_floor, holiday, "bench_all", bench.today),
            ),
            (
                f"preview the birthdays of {DAYS} days",
                birthday,
                partial(preview, birthday, bench.today, last),
                partial(write_preview, birthday, bench.today, last),
            ),
        ):
            (birthday | holiday).state = "draft"
            rule.state = "running"
            env.cr.commit()
            compare(bench, env, f"{name}, {size} customers", work, floor, TABLES)


def greet(rule, today):
    """Run the job, and return who is greeted when."""
    rule._cron_care(today)
    return get_greeted(rule)


def write_floor(rule, keys, today):
    """Do in one statement what the job does."""
    env = rule.env
    env.cr.execute(
        SQL(
            FLOOR,
            find=get_find_query(rule, keys, today, today),
            rule=rule.id,
            company=rule.company_id.id,
            currency=rule.company_id.currency_id.id,
            model=env["ir.model"]._get_id("res.partner"),
            type=env.ref("crm_resource.mail_activity_data_care").id,
        )
    )
    return get_greeted(rule)


def get_greeted(rule):
    """Return who is in the log of a rule, and when."""
    return set(
        rule.env.execute_query(
            SQL(
                """SELECT partner_id, date_occasion FROM crm_resource_care
                    WHERE rule_id = %s AND state = 'assigned'""",
                rule.id,
            )
        )
    )


def preview(rule, first, last):
    """Look ahead by the dialog."""
    dialog = make_dialog(rule, first, last)
    dialog.action_preview()
    return get_lines(dialog)


def write_preview(rule, first, last):
    """Look ahead by one statement."""
    dialog = make_dialog(rule, first, last)
    rule.env.cr.execute(
        SQL(
            PREVIEW,
            find=get_find_query(rule, "bench_key", first, last),
            preview=dialog.id,
            rule=rule.id,
            currency=rule.company_id.currency_id.id,
        )
    )
    return get_lines(dialog)


def make_dialog(rule, first, last):
    """Return a dialog as it is before it looks ahead."""
    dialog = rule.env["crm.resource.care.preview"].create(
        {"rule_id": rule.id, "date_from": first, "date_to": last}
    )
    rule.env.flush_all()
    return dialog


def get_lines(dialog):
    """Return who stands in a dialog, and when he is greeted."""
    return set(
        dialog.env.execute_query(
            SQL(
                """SELECT partner_id, date_occasion FROM crm_resource_care_preview_line
                    WHERE preview_id = %s""",
                dialog.id,
            )
        )
    )


def get_find_query(rule, keys, first, last):
    """Return the statement that finds who is greeted."""
    return SQL(
        FIND,
        keys=SQL.identifier(keys),
        company=rule.company_id.id,
        first=first,
        last=last,
    )


def make_rules(env, today):
    """Make rules for birthdays and for a holiday that is today."""
    env["crm.resource.care.rule"].search([]).active = False
    day = env["crm.resource.holiday"].create(
        {"name": "Today", "month": today.month, "day": today.day}
    )
    # their own job would take long
    env["ir.config_parameter"].set_param("crm_resource.date_refreshed", str(today))
    return env["crm.resource.care.rule"].create(
        [
            {"name": "Birthday", "channel": "activity"},
            {
                "name": "Holiday",
                "channel": "activity",
                "occasion": "holiday",
                "holiday_id": day.id,
                "gift_ids": [Command.create({"name": "Tea"})],
            },
        ]
    )


def make_keys(env, today):
    """Give people birthdays, and the floor the days by which it finds them."""
    cr = env.cr
    env.flush_all()
    cr.execute(SQL(BIRTHDAYS))
    columns = SQL("day date, calendar varchar, month int, number int")
    cr.execute(SQL("CREATE TABLE bench_key (%s)", columns))
    cr.execute(SQL("CREATE TABLE bench_all (%s)", columns))
    for number in range(DAYS):
        day = today + timedelta(days=number)
        for key in get_keys(day):
            if not key.is_leap:
                cr.execute(
                    SQL(
                        "INSERT INTO bench_key VALUES (%s, %s, %s, %s)",
                        day,
                        key.calendar,
                        key.month,
                        key.day,
                    )
                )
    cr.execute(
        SQL(
            """INSERT INTO bench_all
               SELECT %s, calendar, month, number
                 FROM UNNEST(ARRAY['lunar', 'solar']) calendar,
                      GENERATE_SERIES(1, 12) month, GENERATE_SERIES(1, 28) number""",
            today,
        )
    )
    cr.execute(SQL("ANALYZE bench_key, bench_all"))
    cr.commit()
