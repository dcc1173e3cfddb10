"""The nightly churn job, against one hand-written statement that finds the same
customers."""

from contextlib import ExitStack
from unittest.mock import patch

from odoo import fields

from . import database
from .measure import Meter

GOAL = 3
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
               WHEN partner_id %% 2 = 0 THEN %(today)s - 200 - partner_id %% 90
               ELSE %(today)s - 100 END,
           date_first_purchase = CASE
               WHEN partner_id %% %(one_in)s > 0 THEN %(today)s - 700
               WHEN partner_id %% 2 = 0 THEN %(today)s - 900
               ELSE %(today)s - 300 END,
           purchase_days = 6
     WHERE date_last_purchase IS NOT NULL;
    ANALYZE crm_resource_standing
"""

# there is one company; nobody has a case, nor a level with months of its own
FLOOR = """
    SELECT standing.partner_id
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


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with bench.scratch(size) as env:
            measure(bench, env, size)


def measure(bench, env, size):
    """Measure the night in which the silent customers are found, and the next one, in
    which nothing happens."""
    today = bench.today
    cases = env["crm.resource.churn"]
    cr = env.cr

    def clean():
        cr.rollback()
        env.invalidate_all()
        database.vacuum(cr.dbname, *TABLES)

    def floor():
        cr.execute(FLOOR, {"date": today})
        return {partner for (partner,) in cr.fetchall()}

    def find():
        cases._cron_churn(today)
        cr.execute("SELECT partner_id FROM crm_resource_churn WHERE date = %s", [today])
        return {partner for (partner,) in cr.fetchall()}

    def compare(name, work):
        clean()
        if (found := work()) != silent:
            raise AssertionError(
                f"{name}: {len(found - silent)} too many, {len(silent - found)} missing"
            )
        ours, other = Meter(cr).compare(work, floor, prepare=clean)
        bench.report_seconds(name, ours, other, GOAL)

    with ExitStack() as stack:
        stack.enter_context(
            patch.object(
                env.registry["ir.cron"],
                "_commit_progress",
                lambda *_args, **_kwargs: env.flush_all() or float("inf"),
            )
        )
        stack.enter_context(
            patch.object(fields.Date, "context_today", lambda *_args: today)
        )
        prepare(env, today)
        silent = floor()
        count = len(silent)
        compare(f"churn: {count} of {size} customers found and told of", find)
        clean()
        find()
        cr.commit()
        compare(f"churn: a night of {size} customers in which nothing happens", find)
    clean()


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
    env.cr.execute(HISTORY, {"today": today, "one_in": round(1 / SILENT)})
    # their own job would undo the above
    env["ir.config_parameter"].set_param("crm_resource.date_refreshed", str(today))
    env["crm.resource.standing"]._refresh_lifecycles()
    env.cr.commit()
