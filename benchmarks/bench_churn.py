"""The nightly churn job, against one hand-written statement that does the same."""

from odoo.tools import SQL

from .jobs import compare, night

# the others bought lately
SILENT = 0.05
TABLES = (
    "crm_resource_churn",
    "crm_resource_lifecycle_change",
    "crm_resource_standing",
    "mail_activity",
)

# chance by the id: of those who bought, few are silent, half of them by their rhythm
HISTORY = """
    UPDATE crm_resource_standing
       SET date_last_purchase = CASE
               WHEN partner_id %% %(one_in)s > 0 THEN %(today)s - partner_id %% 20
               WHEN partner_id / %(one_in)s %% 2 = 0
               THEN %(today)s - 200 - partner_id %% 90
               ELSE %(today)s - 100 END,
           date_first_purchase = CASE
               WHEN partner_id %% %(one_in)s > 0 THEN %(today)s - 700
               WHEN partner_id / %(one_in)s %% 2 = 0 THEN %(today)s - 900
               ELSE %(today)s - 300 END,
           purchase_days = 6
     WHERE date_last_purchase IS NOT NULL;
    ANALYZE crm_resource_standing
"""

# there is one company; nobody has a case, nor a level with months of its own
FIND = """
    SELECT standing.partner_id, partner.user_id, partner.team_id,
           standing.date_last_purchase AS day,
           CASE WHEN standing.date_last_purchase
                     < (%(date)s - INTERVAL '6 months')::date
                THEN 'months' ELSE 'rhythm' END AS cause
      FROM crm_resource_standing standing
      JOIN res_partner partner ON partner.id = standing.partner_id
     WHERE partner.customer_state = 'approved' AND partner.active
       AND partner.date_terminated IS NULL
       AND (standing.date_last_purchase < (%(date)s - INTERVAL '6 months')::date
            OR standing.purchase_days >= 3
           AND %(date)s - standing.date_last_purchase
             > 2 * (standing.date_last_purchase - standing.date_first_purchase)
               / (standing.purchase_days - 1)::numeric)
"""
# the case with its sales, the activity, the lifecycle and its change
FLOOR = """
    WITH found AS (%(find)s), opened AS (
        INSERT INTO crm_resource_churn (
            name, partner_id, user_id, team_id, company_id, currency_id, cause, date,
            date_open, date_last_purchase, sales_before, state, told_user_id,
            create_uid, create_date, write_uid, write_date)
        SELECT 'C' || found.partner_id, found.partner_id, user_id, team_id, %(company)s,
               %(currency)s, cause, %(date)s, %(date)s, day, COALESCE(sold.amount, 0),
               'open', user_id, 1, NOW(), 1, NOW()
          FROM found
          LEFT JOIN (
                SELECT buyer.partner_id, SUM(line.price_subtotal) AS amount
                  FROM found buyer
                  JOIN sale_order ON sale_order.partner_id = buyer.partner_id
                   AND sale_order.state = 'sale'
                   AND sale_order.date_order < buyer.day + 1
                   AND sale_order.date_order >= buyer.day - INTERVAL '12 months'
                  JOIN sale_order_line line ON line.order_id = sale_order.id
                 GROUP BY buyer.partner_id) sold
            ON sold.partner_id = found.partner_id
     RETURNING id, partner_id, user_id
    ), planned AS (
        INSERT INTO mail_activity (
            res_model, res_model_id, res_id, res_name, activity_type_id, user_id,
            date_deadline, summary, automated, active, create_uid, create_date,
            write_uid, write_date)
        SELECT 'crm.resource.churn', %(model)s, opened.id, partner.complete_name,
               %(type)s, opened.user_id, %(date)s + 3, 'Silent', TRUE, TRUE,
               1, NOW(), 1, NOW()
          FROM opened JOIN res_partner partner ON partner.id = opened.partner_id
    ), changed AS (
        UPDATE crm_resource_standing standing
           SET lifecycle = 'at_risk', date_lifecycle = %(date)s
          FROM opened WHERE opened.partner_id = standing.partner_id
    )
    INSERT INTO crm_resource_lifecycle_change (
        partner_id, lifecycle_from, lifecycle_to, date)
    SELECT partner_id, 'active', 'at_risk', %(date)s FROM opened
"""


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with bench.scratch(size) as env:
            measure(bench, env, size)


def measure(bench, env, size):
    """Measure the night in which the silent customers are found, how they are found,
    and the next night, in which nothing happens."""
    today = bench.today
    cases = env["crm.resource.churn"]
    prepare(env, today)
    query = SQL(FIND, date=today)

    def get_partners(query):
        return {row[0] for row in env.execute_query(query)}

    def get_cases():
        return get_partners(
            SQL("SELECT partner_id FROM crm_resource_churn WHERE date = %s", today)
        )

    def floor():
        write_floor(env, query, today)
        return get_cases()

    def job():
        cases._cron_churn(today)
        return get_cases()

    with night(env, today):
        for name, work, other in (
            ("the whole night", job, floor),
            (
                "who is silent",
                lambda: get_partners(cases._get_churn_query(today)),
                lambda: get_partners(query),
            ),
        ):
            compare(
                bench, env, f"churn of {size} customers: {name}", work, other, TABLES
            )
        job()
        env.cr.commit()
        compare(
            bench,
            env,
            f"churn: a night of {size} customers in which nothing happens",
            job,
            lambda: get_partners(query),
            TABLES,
        )


def write_floor(env, query, today):
    """Do in one statement what the job does."""
    cases = env["crm.resource.churn"]
    env.cr.execute(
        SQL(
            FLOOR,
            find=query,
            date=today,
            company=env.company.id,
            currency=env.company.currency_id.id,
            model=env["ir.model"]._get_id(cases._name),
            type=cases._get_activity_type().id,
        )
    )


def prepare(env, today):
    """Make some customers silent, and nobody has a case."""
    env.company.write(
        {
            "crm_churn_months": 6,
            "crm_churn_factor": 2,
            "crm_churn_min_purchases": 3,
            "crm_churn_never_months": 0,
        }
    )
    env["crm.resource.level"].search([]).churn_months = 0
    env.flush_all()
    env.cr.execute(SQL(HISTORY, today=today, one_in=round(1 / SILENT)))
    # their own job would undo the above
    env["ir.config_parameter"].set_param("crm_resource.date_refreshed", str(today))
    env["crm.resource.standing"]._refresh_lifecycles()
    env.cr.commit()
