"""Forecasts: their board beside the core's pipeline of as many opportunities, the
pipeline with the plans of its opportunities beside itself without, and the snapshot of
a month beside the bare INSERT ... SELECT of its rows."""

from odoo import Command, fields
from odoo.tools import SQL

from .bench_list import get_board
from .bench_visit import make_customers
from .copying import get_last_id, insert_like, without_checks
from .generate import make_salespeople
from .measure import Meter

BOARD_GOAL = 1.5
OPEN = 5000
SNAPSHOT_GOAL = 2
LINES = 50_000
LINES_EACH = 2
STEPS_EACH = 2
TABLES = (
    "crm_lead",
    "crm_resource_forecast",
    "crm_resource_forecast_line",
    "crm_resource_plan_step",
)
FORECASTS = (
    "crm_resource.crm_resource_forecast_action",
    "crm_resource.crm_resource_forecast_view_kanban",
    "date_expected:month",
)
PIPELINE = (
    "crm.crm_lead_action_pipeline",
    "crm.crm_case_kanban_view_leads",
    "stage_id",
)


def run(bench):
    """Measure all of them."""
    with bench.scratch() as env:
        users = make_salespeople(env)
        fill(env, users, OPEN)
        everybody = env["res.users"].search([("login", "=", "bench_all")])
        for who, user in (("own", users[1]), ("leader", users[0]), ("all", everybody)):
            report_boards(bench, env(user=user), who)
        fill(env, users, LINES // LINES_EACH - OPEN)
        report_snapshot(bench, env)


def report_boards(bench, env, who):
    ours, peer = Meter(env.cr).compare(
        get_board(env, *FORECASTS),
        get_board(env, *PIPELINE),
        prepare=env.invalidate_all,
        repeats=15,
    )
    name = f"forecasts by month, first paint, {who}, {OPEN}"
    bench.report_seconds(name, ours, peer, BOARD_GOAL, "pipeline")
    ours, peer = Meter(env.cr).compare(
        get_board(env, *PIPELINE),
        get_board(env, *PIPELINE, is_core=True),
        prepare=env.invalidate_all,
        repeats=15,
    )
    name = f"pipeline with plans, first paint, {who}, {OPEN}"
    bench.report_seconds(name, ours, peer, BOARD_GOAL, "pipeline without")


def report_snapshot(bench, env):
    company = env.company
    snapshots = env["crm.resource.forecast.snapshot"]
    table = SQL.identifier("bench_snapshot_line")
    env.cr.execute(
        SQL(
            """
            CREATE TABLE %(table)s (LIKE crm_resource_forecast_snapshot_line);
            ALTER TABLE %(table)s ADD PRIMARY KEY (id)
            """,
            table=table,
        )
    )
    env.cr.commit()

    def floor():
        env.cr.execute(
            SQL(
                """
                INSERT INTO %s (
                    id, snapshot_id, forecast_id, user_id, team_id, product_id,
                    categ_id, category, date_expected, probability, quantity, amount,
                    amount_weighted
                )
                SELECT line.id, 1, forecast.id, forecast.user_id, forecast.team_id,
                       line.product_id, line.categ_id, forecast.category,
                       forecast.date_expected, forecast.probability, line.product_qty,
                       line.amount_company, line.amount_company
                  FROM crm_resource_forecast_line line
                  JOIN crm_resource_forecast forecast ON forecast.id = line.forecast_id
                """,
                table,
            )
        )

    ours, bare = Meter(env.cr).compare(
        lambda: snapshots._take(company),
        floor,
        prepare=env.cr.rollback,
        repeats=9,
    )
    name = f"forecast snapshot, {LINES} lines"
    bench.report_seconds(name, ours, bare, SNAPSHOT_GOAL, "bare INSERT ... SELECT")


def fill(env, users, count):
    """Make as many forecasts, each with its lines, as opportunities."""
    customers = make_customers(env, users)
    customer = customers[0]
    product = env["product.product"].create({"name": "Lamp", "list_price": 10})
    lead = env["crm.lead"].create(
        {
            "name": "Lamps",
            "type": "opportunity",
            "partner_id": customer.id,
            "user_id": customer.user_id.id,
            "expected_revenue": 20,
        }
    )
    forecast = env["crm.resource.forecast"].create(
        {
            "partner_id": customer.id,
            "user_id": customer.user_id.id,
            "date_expected": fields.Date.today(),
            "line_ids": [Command.create({"product_id": product.id})] * LINES_EACH,
        }
    )
    steps = env["crm.resource.plan.step"].create(
        [
            {"lead_id": lead.id, "name": f"Step {place}", "date": fields.Date.today()}
            for place in range(STEPS_EACH)
        ]
    )
    env.flush_all()
    source = get_source(env.cr, customers, count)
    with without_checks(env.cr, TABLES):
        insert_like(env.cr, "crm_lead", lead.id, _LEAD, source)
        insert_like(env.cr, "crm_resource_forecast", forecast.id, _FORECAST, source)
        for place, line in enumerate(forecast.line_ids):
            values = {**_LINE, "id": f"source.line_id + {place}"}
            insert_like(env.cr, "crm_resource_forecast_line", line.id, values, source)
        for place, step in enumerate(steps):
            values = {**_STEP, "id": f"source.step_id + {place}"}
            insert_like(env.cr, "crm_resource_plan_step", step.id, values, source)
        env.invalidate_all(flush=False)
        env["crm.resource.forecast"]._refresh_audiences()
        env["crm.lead"]._refresh_audiences()
    env.cr.execute("DROP TABLE bench_forecast")
    env.cr.execute(SQL("ANALYZE"))
    env.cr.commit()


def get_source(cr, customers, count):
    """Make the table of whose and when; return it as a FROM clause."""
    cr.execute(
        SQL(
            """
            CREATE TEMP TABLE bench_forecast AS
            SELECT k, %(lead)s + k AS lead_id, %(forecast)s + k AS id,
                   %(line)s + %(each)s * k AS line_id,
                   %(step)s + %(steps)s * k AS step_id, customer.id AS partner_id,
                   customer.user_id, team.crm_team_id AS team_id,
                   CURRENT_DATE + (k %% 180)::int AS date,
                   stages.ids[1 + k %% CARDINALITY(stages.ids)] AS stage_id,
                   (ARRAY['pipeline', 'best', 'commit'])[1 + k %% 3] AS category
              FROM GENERATE_SERIES(1, %(count)s) k
              JOIN UNNEST(%(customers)s::int4[]) WITH ORDINALITY chosen(id, place)
                ON chosen.place = 1 + k %% 9973 %% %(customer_count)s
              JOIN res_partner customer ON customer.id = chosen.id
             CROSS JOIN (
                    SELECT ARRAY_AGG(id ORDER BY sequence) AS ids FROM crm_stage
                     WHERE is_won IS NOT TRUE
                   ) stages
              LEFT JOIN crm_team_member team
                ON team.user_id = customer.user_id AND team.active;
            ANALYZE bench_forecast
            """,
            lead=get_last_id(cr, "crm_lead"),
            forecast=get_last_id(cr, "crm_resource_forecast"),
            line=get_last_id(cr, "crm_resource_forecast_line"),
            each=LINES_EACH,
            step=get_last_id(cr, "crm_resource_plan_step"),
            steps=STEPS_EACH,
            count=count,
            customers=customers.ids,
            customer_count=len(customers),
        )
    )
    return "bench_forecast source"


_LEAD = {
    "id": "source.lead_id",
    "name": "'Lamps ' || source.k",
    "partner_id": "source.partner_id",
    "user_id": "source.user_id",
    "team_id": "source.team_id",
    "stage_id": "source.stage_id",
    "date_deadline": "source.date",
    "audience_id": "NULL",
}
_FORECAST = {
    "id": "source.id",
    "name": "'B' || source.k",
    "subject": "'Lamps ' || source.k",
    "category": "source.category",
    "partner_id": "source.partner_id",
    "user_id": "source.user_id",
    "team_id": "source.team_id",
    "date_expected": "source.date",
    "audience_id": "NULL",
}
_LINE = {"forecast_id": "source.id"}
_STEP = {
    "lead_id": "source.lead_id",
    "partner_id": "source.partner_id",
    "user_id": "source.user_id",
    "date": "source.date - 30",
}
