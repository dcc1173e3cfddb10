"""The nightly recall and its simulation, against one hand-written statement that finds
the same customers, and one that writes them as well."""

from datetime import timedelta

from odoo.tools import SQL

from .jobs import compare, night

WARN_DAYS = 5
# the others are fresh: as many as fall due by chance on one day of two hundred, and far
# more, as when the rules are new
ORDINARY = 0.005
NEGLECTED = 0.05
RULES = (
    {
        "name": "Never bought",
        "lifecycle": "never",
        "operator": "all",
        "contact_days": 30,
        "opportunity_days": 20,
    },
    {
        "name": "Bought",
        "lifecycle": "bought",
        "contact_days": 40,
        "deal_days": 540,
    },
)
TABLES = (
    "crm_resource_assignment",
    "crm_resource_standing",
    "mail_activity",
    "mail_followers",
    "res_partner",
)

# chance by the id: who was contacted, and whose opportunities are closed
HISTORY = """
    UPDATE crm_resource_standing
       SET date_last_contact = %(today)s - CASE
               WHEN partner_id %% %(one_in)s = 0 THEN 100 + partner_id %% 60
               ELSE partner_id %% 21 END;
    UPDATE res_partner
       SET date_held_from = %(today)s - 200 - id %% 300,
           date_protected_to = CASE WHEN id %% 50 = 1
                                    THEN %(today)s - 100 + id %% 130 END
     WHERE customer_state IS NOT NULL;
    UPDATE crm_lead
       SET create_date = %(today)s - 100 - id %% 400,
           date_closed = CASE WHEN id %% 10 < 7 THEN %(today)s - 60 - id %% 40 END,
           active = id %% 10 >= 7 AND partner_id %% %(one_in)s > 0;
    ANALYZE crm_resource_standing, res_partner, crm_lead
"""

FLOOR_DAYS = """
    DROP TABLE IF EXISTS bench_calendar;
    CREATE TABLE bench_calendar AS
    SELECT day::date, (COUNT(*) FILTER (WHERE day::date = ANY(%(worked)s))
                           OVER (ORDER BY day))::int AS number
      FROM GENERATE_SERIES(%(begin)s::timestamp, %(end)s, '1 day') day;
    ANALYZE bench_calendar
"""
# nobody is away, and there is one company
FLOOR = """
    WITH calendar AS MATERIALIZED (
        SELECT MIN(day) AS begin, ARRAY_AGG(number ORDER BY day) AS numbers
          FROM bench_calendar)
    SELECT partner_id
      FROM (SELECT partner.id AS partner_id,
                   CASE WHEN standing.date_last_purchase IS NULL
                        THEN GREATEST(
                            numbers[GREATEST(standing.date_last_contact,
                                partner.date_held_from::date) - begin + 1] + 30,
                            numbers[GREATEST(opportunity.date,
                                partner.date_held_from::date) - begin + 1] + 20)
                        ELSE LEAST(
                            numbers[GREATEST(standing.date_last_contact,
                                partner.date_held_from::date) - begin + 1] + 40,
                            numbers[GREATEST(standing.date_last_purchase,
                                partner.date_held_from::date) - begin + 1] + 540)
                    END AS due,
                   COALESCE(
                       numbers[partner.date_protected_to - begin + 1], -1) AS protected,
                   numbers[standing.date_recall_warned - begin + 1] AS warned,
                   numbers[%(date)s - begin + 1] AS today
              FROM crm_resource_standing standing
              JOIN res_partner partner ON partner.id = standing.partner_id
              JOIN res_users owner ON owner.id = partner.user_id
             CROSS JOIN calendar
              LEFT JOIN (
                    SELECT customer.commercial_partner_id AS partner_id,
                           MAX(GREATEST(lead.create_date, lead.date_closed))::date
                               AS date,
                           BOOL_OR(lead.active AND lead.won_status <> 'won') AS is_open
                      FROM crm_lead lead
                      JOIN res_partner customer ON customer.id = lead.partner_id
                     WHERE lead.type = 'opportunity'
                     GROUP BY customer.commercial_partner_id) opportunity
                ON opportunity.partner_id = partner.id
             WHERE partner.customer_state = 'approved' AND partner.active
               AND partner.date_terminated IS NULL
               AND COALESCE(partner.company_id, owner.company_id) = %(company)s
               AND (standing.date_last_purchase IS NOT NULL
                    OR opportunity.is_open IS NOT TRUE)) customer
     WHERE GREATEST(due, protected + 1) <= warned + 5 AND warned + 5 <= today
"""

# what no recall can do without: the customers' own rows
GIVE = """
    WITH due AS (%(floor)s)
    UPDATE res_partner partner
       SET pool_id = %(pool)s, user_id = NULL, team_id = NULL,
           audience_id = (SELECT audience_id FROM res_partner
                           WHERE user_id IS NULL AND customer_state = 'approved'
                           LIMIT 1),
           date_held_from = NOW() AT TIME ZONE 'UTC'
      FROM due
     WHERE partner.id = due.partner_id
 RETURNING partner.id
"""


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        for share in (ORDINARY, NEGLECTED):
            with bench.scratch(size) as env:
                measure(bench, env, size, share)


def measure(bench, env, size, share):
    """Measure the night in which the neglected customers are recalled, the day before
    and its night, in which nothing happens any more."""
    monday = bench.today + timedelta(days=7 - bench.today.weekday())
    eve = monday - timedelta(days=1)
    prepare(env, monday, share)
    rules = env["crm.resource.recall.rule"]
    values = {"date": monday, "company": env.company.id}

    def floor():
        return {partner for (partner,) in env.execute_query(SQL(FLOOR, **values))}

    def give():
        pool = rules.search([], limit=1).pool_id.id
        given = env.execute_query(SQL(GIVE, floor=SQL(FLOOR, **values), pool=pool))
        return {partner for (partner,) in given}

    def recall():
        rules._cron_recall(monday)
        rows = env.execute_query(
            SQL("SELECT partner_id FROM crm_resource_assignment WHERE kind = 'recall'")
        )
        return {partner for (partner,) in rows}

    def find():
        rules._warn(monday)
        return {partner for partner, _rule, _user in rules._get_due(monday)}

    def simulate():
        simulation = env["crm.resource.recall.simulate"].create({"date": monday})
        simulation.action_preview()
        return set(simulation.line_ids.partner_id.ids)

    def idle():
        rules._cron_recall(eve)
        return recalled

    whole = f"recall of {size} customers: the whole night"
    works = [(f"{whole}, {share:.1%} due", recall, floor)]
    if share == NEGLECTED:
        works += [
            (f"{whole}, {share:.1%} due, beside finding and giving", recall, give),
            (f"recall of {size} customers: who is due and warned", find, floor),
            (f"simulation of the recall of {size} customers", simulate, floor),
            (
                f"recall: a night of {size} customers in which nothing happens",
                idle,
                floor,
            ),
        ]
    with night(env, eve):
        recalled = floor()
        for name, work, least in works:
            compare(bench, env, name, work, least, TABLES)


def prepare(env, monday, share):
    """Make rules by which the neglected customers are due on Monday, and warned."""
    cr = env.cr
    env["crm.resource.recall.rule"].search([]).active = False
    pool = env["crm.resource.pool"].create({"name": "Public"})
    rules = env["crm.resource.recall.rule"].create(
        [
            {**values, "pool_id": pool.id, "warn_days": WARN_DAYS, "escalate_days": 2}
            for values in RULES
        ]
    )
    today = monday - timedelta(days=1)
    begin, end = today - timedelta(days=1500), today + timedelta(days=400)
    cr.execute(SQL(HISTORY, today=today, one_in=round(1 / share)))
    cr.execute(
        SQL(
            FLOOR_DAYS,
            worked=env["crm.resource.clock"]._get_working_days(env.company, begin, end),
            begin=begin,
            end=end,
        )
    )
    # the night before has a job of its own for contacts, which would undo the above
    env["ir.config_parameter"].set_param("crm_resource.date_refreshed", str(today))
    for day in (monday - timedelta(days=7), today):
        rules._warn(day)
    cr.commit()
