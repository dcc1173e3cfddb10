"""Freezing the list of a campaign, against one hand-written statement that finds and
writes the same rows."""

from functools import partial

from odoo.tools import SQL

from . import database
from .measure import Meter

GOAL = 2
TABLE = "crm_resource_campaign_target"

# everybody has an address, one in fifty a colleague's
ADDRESSES = """
    UPDATE res_partner
       SET email = address.email, email_normalized = address.email
      FROM (
            SELECT id, FORMAT('customer%%s@example.com', id - (id %% 50 = 0)::int)
                       AS email
              FROM res_partner
             WHERE customer_state IS NOT NULL
           ) address
     WHERE address.id = res_partner.id
"""
# the list in one statement: who it is for, and who is left out why
FLOOR = """
    INSERT INTO crm_resource_campaign_target (
        campaign_id, company_id, partner_id, customer_id, user_id, team_id, level_id,
        address, reason, create_uid, create_date, write_uid, write_date)
    SELECT %(campaign)s, %(company)s, id, id, user_id, team_id, level_id,
           email_normalized,
           CASE WHEN reason IS NULL AND ROW_NUMBER() OVER (
                     PARTITION BY email_normalized, reason IS NULL ORDER BY id) > 1
                THEN 'duplicate' ELSE reason END,
           1, NOW(), 1, NOW()
      FROM (
            SELECT customer.id, customer.user_id, customer.team_id, standing.level_id,
                   customer.email_normalized,
                   CASE WHEN customer.customer_state <> 'approved' THEN 'unapproved'
                        WHEN customer.date_terminated IS NOT NULL THEN 'terminated'
                        WHEN customer.user_id IS NULL THEN 'pool'
                        WHEN customer.is_care_refused THEN 'opt_out'
                        WHEN customer.email_normalized IS NULL THEN 'no_email'
                        WHEN blacklist.id IS NOT NULL THEN 'blacklist' END AS reason
              FROM res_partner customer
              LEFT JOIN crm_resource_standing standing
                ON standing.partner_id = customer.id
              LEFT JOIN mail_blacklist blacklist
                ON blacklist.email = customer.email_normalized AND blacklist.active
             WHERE customer.customer_state IS NOT NULL AND customer.active
               AND (customer.company_id IS NULL OR customer.company_id = %(company)s)
           ) candidate
"""


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with bench.scratch(size) as env:
            measure(bench, env, size)


def measure(bench, env, size):
    """Freeze the list of all customers, by the button and by the statement."""
    env.cr.execute(SQL(ADDRESSES))
    env.invalidate_all()
    group = env["crm.resource.target.group"].create({"name": "All", "domain": "[]"})
    campaign = env["utm.campaign"].create(
        {
            "title": "All",
            "company_id": env.company.id,
            "crm_target_group_id": group.id,
        }
    )
    env.cr.commit()
    database.vacuum(env.cr.dbname, "res_partner")

    def clean():
        env.cr.rollback()
        env.invalidate_all()
        database.vacuum(env.cr.dbname, TABLE)

    works = partial(freeze, campaign), partial(write_floor, campaign)
    found = []
    for work in works:
        clean()
        work()
        found.append(get_targets(campaign))
    ours, floor = found
    if ours != floor:
        raise AssertionError(
            f"{len(ours - floor)} rows too many, {len(floor - ours)} missing"
        )
    ours, floor = Meter(env.cr).compare(*works, prepare=clean)
    name = f"freeze a target group, {size} customers, {len(found[0])} listed"
    bench.report_seconds(name, ours, floor, GOAL)
    clean()


def freeze(campaign):
    """Start the campaign by its button."""
    campaign.action_freeze_targets()
    campaign.env.flush_all()


def write_floor(campaign):
    """Write the list by one statement."""
    campaign.env.cr.execute(
        SQL(FLOOR, campaign=campaign.id, company=campaign.company_id.id)
    )


def get_targets(campaign):
    """Return what stands in the list."""
    return set(
        campaign.env.execute_query(
            SQL(
                """SELECT customer_id, partner_id, user_id, team_id, level_id, address,
                          reason
                     FROM crm_resource_campaign_target WHERE campaign_id = %s""",
                campaign.id,
            )
        )
    )
