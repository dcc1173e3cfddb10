"""Who is due in a survey round, frozen as a list, against one hand-written statement
that writes the same rows."""

from functools import partial

from odoo.tools import SQL

from .jobs import compare, night

GOAL = 2
DAYS_ANSWERED = 180
DAYS_ASKED = 30
TABLES = ("crm_resource_survey_line",)

# everybody has an address; chance by the id: one in two answered in the last year, one
# in five was asked in the last 50 days
FILL = """
    UPDATE res_partner SET email = 'p' || id || '@example.com',
           email_normalized = 'p' || id || '@example.com'
     WHERE customer_state = 'approved';
    INSERT INTO survey_user_input (survey_id, partner_id, access_token, state)
    SELECT %(survey)s, id, 'bench' || id, 'done'
      FROM res_partner WHERE customer_state = 'approved' AND id %% 2 = 0;
    INSERT INTO crm_resource_survey_answer (
        input_id, survey_id, company_id, partner_id, customer_id, date)
    SELECT id, survey_id, %(company)s, partner_id, partner_id,
           %(today)s::date - partner_id %% 365
      FROM survey_user_input WHERE access_token LIKE 'bench%%';
    INSERT INTO crm_resource_survey_line (
        round_id, company_id, partner_id, customer_id, address, state, date_sent)
    SELECT %(before)s, %(company)s, id, id, email_normalized, 'sent',
           %(today)s::date - id %% 50
      FROM res_partner WHERE customer_state = 'approved' AND id %% 5 = 0
"""
FLOOR = """
    INSERT INTO crm_resource_survey_line (
        round_id, company_id, partner_id, customer_id, user_id, team_id, level_id,
        address, state, reason, create_uid, create_date, write_uid, write_date)
    SELECT %(id)s, %(company)s, partner_id, partner_id, user_id, team_id, level_id,
           email_normalized, CASE WHEN reason IS NULL THEN 'planned' ELSE 'skipped' END,
           reason, 1, NOW(), 1, NOW()
      FROM (
            SELECT customer.id AS partner_id, customer.user_id, customer.team_id,
                   standing.level_id, customer.email_normalized,
                   CASE WHEN customer.customer_state <> 'approved' THEN 'unapproved'
                        WHEN customer.date_terminated IS NOT NULL THEN 'terminated'
                        WHEN customer.user_id IS NULL THEN 'pool'
                        WHEN customer.is_care_refused THEN 'opt_out'
                        WHEN customer.email_normalized IS NULL THEN 'no_email'
                        WHEN EXISTS (SELECT FROM mail_blacklist
                                      WHERE email = customer.email_normalized
                                        AND active) THEN 'blacklist'
                        WHEN EXISTS (
                             SELECT FROM crm_resource_survey_answer answer
                              WHERE answer.customer_id = customer.id
                                AND answer.survey_id = %(survey)s
                                AND answer.date > %(today)s::date - %(answered)s)
                        THEN 'answered'
                        WHEN EXISTS (
                             SELECT FROM crm_resource_survey_line line
                              WHERE line.customer_id = customer.id
                                AND line.date_sent > %(today)s::date - %(asked)s)
                        THEN 'asked' END AS reason
              FROM res_partner customer
              LEFT JOIN crm_resource_standing standing
                ON standing.partner_id = customer.id
             WHERE customer.customer_state IS NOT NULL AND customer.active
               AND (customer.company_id IS NULL OR customer.company_id = %(company)s)
           ) found
"""


def run(bench):
    """Measure every size."""
    for size in bench.sizes:
        with bench.scratch(size) as env:
            survey_round = make_round(env, bench.today)
            with night(env, bench.today):
                compare(
                    bench,
                    env,
                    f"freeze who is due in a round, {size} customers",
                    partial(freeze, survey_round),
                    partial(write_floor, survey_round, bench.today),
                    TABLES,
                    GOAL,
                )


def make_round(env, today):
    """Return a round after others, some of which were answered."""
    survey = env["survey.survey"].create({"title": "Bench"})
    before, survey_round = env["crm.resource.survey.round"].create(
        [
            {
                "name": name,
                "survey_id": survey.id,
                "receiver": "customer",
                "days_answered": DAYS_ANSWERED,
                "days_asked": DAYS_ASKED,
            }
            for name in ("Before", "Now")
        ]
    )
    # the day on which the round looks
    survey_round.date_started = today
    env.flush_all()
    env.cr.execute(
        SQL(
            FILL,
            survey=survey.id,
            company=survey_round.company_id.id,
            before=before.id,
            today=today,
        )
    )
    env.cr.execute(
        SQL("ANALYZE res_partner, crm_resource_survey_answer, crm_resource_survey_line")
    )
    env.cr.commit()
    env.invalidate_all()
    return survey_round


def freeze(survey_round):
    """Freeze the list, and return who stands there, and why not."""
    survey_round._list_receivers()
    return get_lines(survey_round)


def write_floor(survey_round, today):
    """Write the same list by one statement."""
    survey_round.env.cr.execute(
        SQL(
            FLOOR,
            id=survey_round.id,
            survey=survey_round.survey_id.id,
            company=survey_round.company_id.id,
            today=today,
            answered=DAYS_ANSWERED,
            asked=DAYS_ASKED,
        )
    )
    return get_lines(survey_round)


def get_lines(survey_round):
    """Return who stands on the list, and why he is left out."""
    return set(
        survey_round.env.execute_query(
            SQL(
                """SELECT partner_id, reason FROM crm_resource_survey_line
                    WHERE round_id = %s""",
                survey_round.id,
            )
        )
    )
