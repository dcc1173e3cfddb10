"""One record of each model for a customer, made however the model allows it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import Command, models
from odoo.tools import SQL

CALL = "mail.mail_activity_data_call"


@dataclass
class Holding:
    """A customer and who looks after him, with one record of each model."""

    partner: models.Model
    user: models.Model
    team: models.Model
    company: models.Model
    amount: int = 0
    records: dict = field(default_factory=dict)


def get_partners(env, holdings):
    return [holding.partner for holding in holdings]


def get_standings(env, holdings):
    for holding in holdings:
        holding.partner.standing_id.write({"purchase_days": holding.amount})
    return [holding.partner.standing_id for holding in holdings]


def get_grades(env, holdings):
    for holding in holdings:
        holding.partner.grade_ids.turnover = holding.amount
    return [holding.partner.grade_ids for holding in holdings]


def make_level_changes(env, holdings):
    return env["crm.resource.level.change"].create(
        [
            {
                "partner_id": holding.partner.id,
                "policy_id": holding.partner.grade_ids.policy_id.id,
                "date": "2026-01-01",
                "purchasing_power": holding.amount,
                "currency_id": holding.company.currency_id.id,
            }
            for holding in holdings
        ]
    )


def make_past_sales(env, holdings):
    source = env["crm.resource.past.sale.import"].create({"name": "Old"})
    return env["crm.resource.past.sale"].create(
        [
            {
                "import_id": source.id,
                "company_id": holding.company.id,
                "key": f"reach-{source.id}-{holding.partner.id}",
                "document": "1",
                "date": "2025-01-01",
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "amount": holding.amount,
                "currency_id": holding.company.currency_id.id,
            }
            for holding in holdings
        ]
    )


def get_products_bought(env, holdings):
    sales = make_past_sales(env, holdings)
    bought = env["crm.resource.product.bought"]
    products = env["product.product"].create(
        [{"name": f"Bought by {holding.partner.id}"} for holding in holdings]
    )
    for sale, product, holding in zip(sales, products, holdings, strict=True):
        sale.write({"product_id": product.id, "quantity": holding.amount})
    env.flush_all()
    return [bought.search([("product_id", "=", product.id)]) for product in products]


def get_assignments(env, holdings):
    return [holding.partner.assignment_ids[:1] for holding in holdings]


def make_batches(env, holdings):
    return env["crm.resource.batch"].create(
        [
            {
                "kind": "allocate",
                "user_id": holding.user.id,
                "company_id": holding.company.id,
            }
            for holding in holdings
        ]
    )


def make_claim_counts(env, holdings):
    pool = env["crm.resource.pool"].create({"name": "Reach"})
    return env["crm.resource.claim.count"].create(
        [
            {
                "user_id": holding.user.id,
                "pool_id": pool.id,
                "date": date(2026, 1, 1) + timedelta(number),
            }
            for number, holding in enumerate(holdings)
        ]
    )


def get_holders(env, holdings):
    holders = env["crm.resource.holder"]
    holders._reserve(holding.user.id for holding in holdings)
    return [holders.search([("user_id", "=", holding.user.id)]) for holding in holdings]


def make_holding_limits(env, holdings):
    return env["crm.resource.holding.limit"].create(
        [
            {"user_id": holding.user.id, "company_id": holding.company.id}
            for holding in holdings
        ]
    )


def make_allocation_members(env, holdings):
    rules = env["crm.resource.allocation.rule"].create(
        [
            {
                "name": "Reach",
                "company_id": holding.company.id,
                "member_ids": [Command.create({"user_id": holding.user.id})],
            }
            for holding in holdings
        ]
    )
    return rules.member_ids


def make_extensions(env, holdings):
    # people ask for their own customers only, and not all of these may ask
    rows = env.execute_query(
        SQL(
            """
            INSERT INTO crm_resource_recall_extension (
                partner_id, user_id, date_to, reason, state
            )
            SELECT *, '2040-01-01', 'Asked', 'asked'
              FROM UNNEST(%s::int4[], %s::int4[])
            RETURNING id
            """,
            [holding.partner.id for holding in holdings],
            [holding.user.id for holding in holdings],
        )
    )
    return env["crm.resource.recall.extension"].browse(key for (key,) in rows)


def make_accounts(env, holdings):
    return env["res.partner.bank"].create(
        [
            {"partner_id": holding.partner.id, "acc_number": f"ACCOUNT{number}"}
            for number, holding in enumerate(holdings)
        ]
    )


def make_collaborators(env, holdings):
    helper = env["res.users"].search([("login", "=", "reach_helper")])
    return env["crm.resource.collaborator"].create(
        [
            {"partner_id": holding.partner.id, "user_id": helper.id}
            for holding in holdings
        ]
    )


def make_change_requests(env, holdings):
    return env["crm.resource.change.request"].create(
        [
            {
                "partner_id": holding.partner.id,
                "company_id": holding.company.id,
                "user_id": holding.user.id,
                "new_credit_limit": holding.amount,
            }
            for holding in holdings
        ]
    )


def make_price_authorities(env, holdings):
    # each for a category of its own: the conditions are unique
    return env["crm.resource.price.authority"].create(
        [
            {
                "user_id": holding.user.id,
                "company_id": holding.company.id,
                "categ_id": env["product.category"].create({"name": "Reach"}).id,
            }
            for holding in holdings
        ]
    )


def make_absences(env, holdings):
    # each on a day of its own: absences of a person do not overlap
    days = [date(2026, 1, 1) + timedelta(number) for number in range(len(holdings))]
    return env["crm.resource.absence"].create(
        [
            {"user_id": holding.user.id, "date_from": day, "date_to": day}
            for holding, day in zip(holdings, days, strict=True)
        ]
    )


def make_leads(env, holdings):
    return env["crm.lead"].create(
        [
            {
                "name": "Lead",
                "type": "opportunity",
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "team_id": holding.team.id,
                "company_id": holding.company.id,
                "expected_revenue": holding.amount,
            }
            for holding in holdings
        ]
    )


def make_orders(env, holdings):
    product = env["product.product"].search([("default_code", "=", "REACH")])
    return env["sale.order"].create(
        [
            {
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "team_id": holding.team.id,
                "company_id": holding.company.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "price_unit": holding.amount}
                    )
                ],
            }
            for holding in holdings
        ]
    )


def get_order_lines(env, holdings):
    return [holding.records["sale.order"].order_line for holding in holdings]


def make_invoices(env, holdings):
    journals = env["account.journal"].search([("type", "=", "sale")])
    journals = {journal.company_id: journal for journal in journals}
    product = env["product.product"].search([("default_code", "=", "REACH")])
    invoices = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "journal_id": journals[holding.company].id,
                "partner_id": holding.partner.id,
                "invoice_user_id": holding.user.id,
                "team_id": holding.team.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": product.id, "price_unit": holding.amount}
                    )
                ],
            }
            for holding in holdings
        ]
    )
    invoices.action_post()
    return invoices


def get_invoice_lines(env, holdings):
    return [holding.records["account.move"].invoice_line_ids for holding in holdings]


def get_sales(env, holdings):
    env.flush_all()
    return [
        env["sale.report"].search(
            [("order_reference", "=", f"sale.order,{holding.records['sale.order'].id}")]
        )
        for holding in holdings
    ]


def get_invoiced(env, holdings):
    return [
        env["account.invoice.report"].search(
            [("move_id", "=", holding.records["account.move"].id)]
        )
        for holding in holdings
    ]


def make_activities(env, holdings):
    leads = [holding.records["crm.lead"] for holding in holdings]
    for lead in leads:
        lead.message_post(mail_activity_type_id=env.ref(CALL).id)
    env.flush_all()
    report = env["crm.activity.report"]
    return [report.search([("lead_id", "=", lead.id)]) for lead in leads]


def insert(env, model, rows):
    """Write rows of a model whose records only the addon's own code makes."""
    ids = []
    for row in rows:
        [(key,)] = env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(env[model]._table),
                SQL(", ").join(map(SQL.identifier, row)),
                SQL(", ").join(SQL("%s", value) for value in row.values()),
            )
        )
        ids.append(key)
    return env[model].browse(ids)


def make_lifecycle_changes(env, holdings):
    return insert(
        env,
        "crm.resource.lifecycle.change",
        [
            {
                "partner_id": holding.partner.id,
                "date": "2026-01-01",
                "lifecycle_to": "active",
            }
            for holding in holdings
        ],
    )


def make_churns(env, holdings):
    return insert(
        env,
        "crm.resource.churn",
        [
            {
                "name": f"R{holding.partner.id}",
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "team_id": holding.team.id,
                "company_id": holding.company.id,
                "currency_id": holding.company.currency_id.id,
                "cause": "months",
                "date": "2026-01-01",
                "date_open": "2026-01-01",
                "state": "won_back",
                "sales_before": holding.amount,
            }
            for holding in holdings
        ],
    )


def make_retentions(env, holdings):
    method = env["crm.resource.retention.method"].search([], limit=1)
    return insert(
        env,
        "crm.resource.retention",
        [
            {
                "churn_id": holding.records["crm.resource.churn"].id,
                "partner_id": holding.partner.id,
                "company_id": holding.company.id,
                "method_id": method.id,
                "name": "R1",
                "title": "Call",
                "date": "2026-01-01",
                "date_to": "2026-02-01",
                "outcome": "running",
            }
            for holding in holdings
        ],
    )


def make_campaign_targets(env, holdings):
    campaigns = env["utm.campaign"].create(
        [
            {"title": f"Reach {holding.partner.id}", "company_id": holding.company.id}
            for holding in holdings
        ]
    )
    return insert(
        env,
        "crm.resource.campaign.target",
        [
            {
                "campaign_id": campaign.id,
                "partner_id": holding.partner.id,
                "customer_id": holding.partner.id,
                "user_id": holding.user.id,
                "company_id": holding.company.id,
                "address": str(holding.amount),
            }
            for campaign, holding in zip(campaigns, holdings, strict=True)
        ],
    )


def make_bulk_message_lines(env, holdings):
    messages = env["crm.resource.bulk.message"].create(
        [{"name": "Reach", "company_id": holding.company.id} for holding in holdings]
    )
    return insert(
        env,
        "crm.resource.bulk.message.line",
        [
            {
                "message_id": message.id,
                "partner_id": holding.partner.id,
                "customer_id": holding.partner.id,
                "user_id": holding.user.id,
                "company_id": holding.company.id,
                "address": str(holding.amount),
                "state": "planned",
            }
            for message, holding in zip(messages, holdings, strict=True)
        ],
    )


def make_draws(env, holdings):
    return env["crm.resource.draw"].create(
        [
            {
                "name": str(holding.amount),
                "company_id": holding.company.id,
                "user_id": holding.user.id,
            }
            for holding in holdings
        ]
    )


def make_participants(env, holdings):
    return insert(
        env,
        "crm.resource.draw.participant",
        [
            {
                "draw_id": draw.id,
                "partner_id": holding.partner.id,
                "customer_id": holding.partner.id,
            }
            for draw, holding in zip(make_draws(env, holdings), holdings, strict=True)
        ],
    )


def make_winners(env, holdings):
    draws = make_draws(env, holdings)
    prizes = env["crm.resource.draw.prize"].create(
        [{"draw_id": draw.id, "name": "Reach"} for draw in draws]
    )
    return insert(
        env,
        "crm.resource.draw.winner",
        [
            {
                "draw_id": prize.draw_id.id,
                "company_id": holding.company.id,
                "prize_id": prize.id,
                "unit": 0,
                "partner_id": holding.partner.id,
                "customer_id": holding.partner.id,
                "code": f"REACH{holding.partner.id}",
            }
            for prize, holding in zip(prizes, holdings, strict=True)
        ],
    )


def make_campaigns(env, holdings):
    return env["utm.campaign"].create(
        [
            {
                "title": str(holding.amount),
                "company_id": holding.company.id,
                "user_id": holding.user.id,
            }
            for holding in holdings
        ]
    )


def get_campaign_effects(env, holdings):
    targets = make_campaign_targets(env, holdings)
    env.flush_all()
    report = env["crm.resource.campaign.report"]
    return [
        report.search([("campaign_id", "=", target.campaign_id.id)])
        for target in targets
    ]


def make_bulk_quotas(env, holdings):
    return insert(
        env,
        "crm.resource.bulk.quota",
        [
            {
                "user_id": holding.user.id,
                "company_id": holding.company.id,
                "date": f"2026-01-{day:02}",
                "count": holding.amount,
            }
            for day, holding in enumerate(holdings, 1)
        ],
    )


def get_participations(env, holdings):
    events = env["event.event"].create(
        [
            {
                "name": "Reach",
                "company_id": holding.company.id,
                "date_begin": "2026-01-01",
                "date_end": "2026-01-02",
            }
            for holding in holdings
        ]
    )
    env["event.registration"].create(
        [
            {"event_id": event.id, "partner_id": holding.partner.id}
            for event, holding in zip(events, holdings, strict=True)
        ]
    )
    env.flush_all()
    participation = env["crm.resource.participation"]
    return [participation.search([("event_id", "=", event.id)]) for event in events]


def make_surveys(env, holdings):
    return env["survey.survey"].create(
        [{"title": str(holding.amount)} for holding in holdings]
    )


def make_survey_rounds(env, holdings):
    survey = env["survey.survey"].create({"title": "Reach"})
    return env["crm.resource.survey.round"].create(
        [
            {
                "name": str(holding.amount),
                "survey_id": survey.id,
                "company_id": holding.company.id,
                "user_id": holding.user.id,
            }
            for holding in holdings
        ]
    )


def make_survey_rows(env, holdings):
    """Return a round, and an answer with its key, of each."""
    rounds = make_survey_rounds(env, holdings)
    inputs = env["survey.user_input"].create(
        [
            {"survey_id": rounds.survey_id.id, "partner_id": holding.partner.id}
            for holding in holdings
        ]
    )
    return zip(rounds, inputs, holdings, strict=True)


def make_survey_lines(env, holdings):
    return insert(
        env,
        "crm.resource.survey.line",
        [
            {
                "round_id": survey_round.id,
                "partner_id": holding.partner.id,
                "customer_id": holding.partner.id,
                "user_id": holding.user.id,
                "company_id": holding.company.id,
                "address": str(holding.amount),
                "state": "sent",
            }
            for survey_round, _input, holding in make_survey_rows(env, holdings)
        ],
    )


def make_survey_answers(env, holdings):
    return insert(
        env,
        "crm.resource.survey.answer",
        [
            {
                "input_id": user_input.id,
                "survey_id": user_input.survey_id.id,
                "partner_id": holding.partner.id,
                "customer_id": holding.partner.id,
                "user_id": holding.user.id,
                "company_id": holding.company.id,
                "date": "2026-01-01",
                "score": holding.amount,
                "is_scored": True,
            }
            for _round, user_input, holding in make_survey_rows(env, holdings)
        ],
    )


def get_survey_report(env, holdings):
    env.flush_all()
    report = env["crm.resource.survey.report"]
    return [
        report.search([("customer_id", "=", holding.partner.id)], limit=1)
        for holding in holdings
    ]


def make_satisfactions(env, holdings):
    return insert(
        env,
        "crm.resource.satisfaction",
        [
            {
                "partner_id": holding.partner.id,
                "company_id": holding.company.id,
                "date_first": "2026-01-01",
                "score": holding.amount,
            }
            for holding in holdings
        ],
    )


def make_care(env, holdings):
    rules = env["crm.resource.care.rule"].create(
        [
            {
                "name": "Reach",
                "company_id": holding.company.id,
                "occasion": "birthday",
                "channel": "activity",
            }
            for holding in holdings
        ]
    )
    return insert(
        env,
        "crm.resource.care",
        [
            {
                "rule_id": rule.id,
                "partner_id": holding.partner.id,
                "customer_id": holding.partner.id,
                "user_id": holding.user.id,
                "company_id": holding.company.id,
                "occasion": "birthday",
                "channel": "activity",
                "date_occasion": "2026-01-01",
                "date_planned": "2026-01-01",
                "state": "done",
                "amount": holding.amount,
                "currency_id": holding.company.currency_id.id,
            }
            for holding, rule in zip(holdings, rules, strict=True)
        ],
    )


def make_special_days(env, holdings):
    return env["crm.resource.special.day"].create(
        [
            {"partner_id": holding.partner.id, "name": "Wedding", "month": 5, "day": 6}
            for holding in holdings
        ]
    )


def make_evaluations(env, holdings):
    scheme = env["crm.resource.evaluation.scheme"].create(
        {"name": "Reach", "target": "customer"}
    )
    return insert(
        env,
        "crm.resource.evaluation",
        [
            {
                "scheme_id": scheme.id,
                "partner_id": holding.partner.id,
                "company_id": holding.company.id,
                "date": "2026-01-01",
                "target": "customer",
                "state": "done",
                "total": holding.amount,
            }
            for holding in holdings
        ],
    )


def make_encounters(env, holdings):
    competitor = env["crm.resource.competitor"].create({"name": "Reach"})
    return env["crm.resource.competitor.encounter"].create(
        [
            {
                "competitor_id": competitor.id,
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "date": "2026-01-01",
                "outcome": "won",
            }
            for holding in holdings
        ]
    )


def make_pins(env, holdings):
    return insert(
        env,
        "crm.resource.pin",
        [
            {"partner_id": holding.partner.id, "user_id": holding.user.id}
            for holding in holdings
        ],
    )


def make_readings(env, holdings):
    announcements = env["crm.resource.announcement"].create(
        [{"name": "Reach", "company_id": holding.company.id} for holding in holdings]
    )
    return insert(
        env,
        "crm.resource.announcement.reading",
        [
            {
                "announcement_id": announcement.id,
                "user_id": holding.user.id,
                "date": "2026-01-01",
            }
            for holding, announcement in zip(holdings, announcements, strict=True)
        ],
    )


def get_follow_ups(env, holdings):
    for holding in holdings:  # for long nobody got in touch with them
        holding.partner.date_held_from = "2025-01-01"
    env.flush_all()
    duties = env["crm.resource.follow.up"]
    return [
        duties.search(
            [("partner_id", "=", holding.partner.id), ("kind", "=", "customer")]
        )
        for holding in holdings
    ]


def get_logins(env, holdings):
    env.flush_all()
    logins = env["crm.resource.login"]
    return [logins.search([("user_id", "=", holding.user.id)]) for holding in holdings]


def make_visits(env, holdings):
    return env["crm.resource.visit"].create(
        [
            {
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "team_id": holding.team.id,
                "company_id": holding.company.id,
                "cost": holding.amount,
            }
            for holding in holdings
        ]
    )


def make_web_forms(env, holdings):
    return env["crm.resource.web.form"].create(
        [
            {
                "name": "Reach",
                "company_id": holding.company.id,
                "user_id": holding.user.id,
                "day_limit_hard": 2**30,
                "day_limit": holding.amount,
            }
            for holding in holdings
        ]
    )


def get_coverage(env, holdings):
    policy = env["crm.resource.level.policy"].search([], limit=1)
    level = env["crm.resource.level"].create(
        {"name": "Visited", "policy_id": policy.id, "visit_number": 4}
    )
    for holding in holdings:
        holding.partner.standing_id.level_id = level
    env.flush_all()
    coverage = env["crm.resource.visit.coverage"]
    return [
        coverage.search([("partner_id", "=", holding.partner.id)])
        for holding in holdings
    ]


def make_web_submissions(env, holdings):
    return insert(
        env,
        "crm.resource.web.submission",
        [
            {
                "form_id": holding.records["crm.resource.web.form"].id,
                "company_id": holding.company.id,
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "state": "done",
                "label": "Reach",
            }
            for holding in holdings
        ],
    )


def make_forecasts(env, holdings):
    return env["crm.resource.forecast"].create(
        [
            {
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "team_id": holding.team.id,
                "company_id": holding.company.id,
                "date_expected": date.today(),
                "amount": holding.amount,
            }
            for holding in holdings
        ]
    )


def make_forecast_lines(env, holdings):
    category = env["product.category"].create({"name": "Reach"})
    return env["crm.resource.forecast.line"].create(
        [
            {
                "forecast_id": forecast.id,
                "categ_id": category.id,
                "quantity": holding.amount,
                "price_unit": 1,
            }
            for forecast, holding in zip(
                make_forecasts(env, holdings), holdings, strict=True
            )
        ]
    )


def make_forecast_snapshots(env, holdings):
    forecasts = [holding.records["crm.resource.forecast"] for holding in holdings]
    snapshots = env["crm.resource.forecast.snapshot"]
    for company in {holding.company for holding in holdings}:
        snapshots._take(company)
    lines = env["crm.resource.forecast.snapshot.line"]
    return [lines.search([("forecast_id", "=", forecast.id)]) for forecast in forecasts]


def get_forecast_reports(env, holdings):
    reports = env["crm.resource.forecast.report"]
    return [
        reports.search(
            [("forecast_id", "=", holding.records["crm.resource.forecast"].id)]
        )
        for holding in holdings
    ]


def make_plan_steps(env, holdings):
    return env["crm.resource.plan.step"].create(
        [
            {
                "lead_id": holding.records["crm.lead"].id,
                "name": "First visit",
                "date": date.today(),
                "user_id": holding.user.id,
            }
            for holding in holdings
        ]
    )


def make_project_parties(env, holdings):
    return env["crm.resource.project.party"].create(
        [
            {
                "lead_id": holding.records["crm.lead"].id,
                "partner_id": holding.partner.id,
                "note": "Reach",
            }
            for holding in holdings
        ]
    )


def make_stakeholders(env, holdings):
    return env["crm.resource.stakeholder"].create(
        [
            {
                "lead_id": holding.records["crm.lead"].id,
                "partner_id": holding.partner.id,
                "note": "Reach",
            }
            for holding in holdings
        ]
    )


def get_project_courses(env, holdings):
    steps = make_plan_steps(env, holdings)
    env.flush_all()
    courses = env["crm.resource.project.course"].search(
        [("res_model", "=", steps._name), ("res_id", "in", steps.ids)]
    )
    by_step = {course.res_id: course for course in courses}
    return courses.browse([by_step[step.id].id for step in steps])


def make_stage_approvals(env, holdings):
    return env["crm.resource.stage.approval"].create(
        [
            {
                "lead_id": holding.records["crm.lead"].id,
                "stage_id": holding.records["crm.lead"].stage_id.id,
                "user_id": holding.user.id,
                "reason": "Ready",
            }
            for holding in holdings
        ]
    )


def make_solutions(env, holdings):
    return env["crm.resource.solution"].create(
        [
            {
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "team_id": holding.team.id,
                "company_id": holding.company.id,
                "subject": "Reach",
                "line_ids": [
                    Command.create(
                        {
                            "categ_id": env.ref("product.product_category_goods").id,
                            "price_unit": holding.amount,
                        }
                    )
                ],
            }
            for holding in holdings
        ]
    )


def get_solution_lines(env, holdings):
    return make_solutions(env, holdings).line_ids


def make_contracts(env, holdings):
    return env["crm.resource.contract"].create(
        [
            {
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "team_id": holding.team.id,
                "company_id": holding.company.id,
                "currency_id": holding.company.currency_id.id,
                "subject": "Reach",
                "line_ids": [
                    Command.create({"name": "Reach", "price_unit": holding.amount})
                ],
                "instalment_ids": [
                    Command.create(
                        {
                            "name": "Reach",
                            "amount_type": "fixed",
                            "amount": holding.amount,
                            "date_planned": "2026-01-01",
                        }
                    )
                ],
            }
            for holding in holdings
        ]
    )


def get_contract_lines(env, holdings):
    return make_contracts(env, holdings).line_ids


def get_instalments(env, holdings):
    return make_contracts(env, holdings).instalment_ids


def get_contract_receipts(env, holdings):
    contracts = make_contracts(env, holdings)
    contracts.action_sign()
    env.flush_all()
    receipts = env["crm.resource.contract.receipt"].search(
        [("contract_id", "in", contracts.ids)]
    )
    by_contract = {receipt.contract_id: receipt for receipt in receipts}
    return receipts.browse([by_contract[contract].id for contract in contracts])


def make_contract_versions(env, holdings):
    return env["crm.resource.contract.version"].create(
        [
            {
                "contract_id": contract.id,
                "currency_id": contract.currency_id.id,
                "version": 1,
                "amount_total": contract.amount_total,
            }
            for contract in make_contracts(env, holdings)
        ]
    )


def make_account_plans(env, holdings):
    return env["crm.resource.account.plan"].create(
        [
            {
                "partner_id": holding.partner.id,
                "user_id": holding.user.id,
                "team_id": holding.team.id,
                "company_id": holding.company.id,
                "strategy": "Reach",
            }
            for holding in holdings
        ]
    )


def make_account_objectives(env, holdings):
    return env["crm.resource.account.objective"].create(
        [
            {
                "plan_id": plan.id,
                "name": "Goal",
                "date": date.today(),
                "value_target": 1,
                "value_typed": holding.amount,
            }
            for plan, holding in zip(
                make_account_plans(env, holdings), holdings, strict=True
            )
        ]
    )


def get_target_cells(holdings):
    """Several holdings have the same person: each has a month of its own. Leaders have
    targets here, though they are no members of their departments."""
    return [
        {
            "company_id": holding.company.id,
            "team_id": holding.team.id,
            "user_id": holding.user.id,
            "date": date(2030 + number // 12, 1 + number % 12, 1),
            "measure": "sales",
        }
        for number, holding in enumerate(holdings)
    ]


def make_targets(env, holdings):
    rows = [
        {**cell, "kind": "person", "target": holding.amount}
        for cell, holding in zip(get_target_cells(holdings), holdings, strict=True)
    ]
    return insert(env, "crm.resource.target", rows)


def make_target_changes(env, holdings):
    rows = [
        {**cell, "kind": "person", "figure": "target", "operation": "set"}
        for cell in get_target_cells(holdings)
    ]
    return insert(env, "crm.resource.target.change", rows)


def make_target_results(env, holdings):
    rows = [
        {**cell, "kind": "person", "achieved": holding.amount}
        for cell, holding in zip(get_target_cells(holdings), holdings, strict=True)
    ]
    return insert(env, "crm.resource.target.result", rows)


def get_target_reports(env, holdings):
    reports = env["crm.resource.target.report"]
    return [
        reports.search([(name, "=", value) for name, value in cell.items()])
        for cell in get_target_cells(holdings)
    ]


# how the records of customers come about, and a field of them: one to sum up, if any
def make_photos(env, holdings):
    # one pixel
    image = b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    return env["crm.resource.visit.photo"].create(
        [
            {"visit_id": visit.id, "name": "hall.gif", "image": image}
            for visit in make_visits(env, holdings)
        ]
    )


def make_positions(env, holdings):
    visits = make_visits(env, holdings)
    return env["crm.resource.visit.position"].create(
        [
            {
                "visit_id": visit.id,
                "user_id": holding.user.id,
                "moment": "in",
                "accuracy": holding.amount,
            }
            for visit, holding in zip(visits, holdings, strict=True)
        ]
    )


MODELS = {
    "res.partner": (get_partners, "name"),
    "crm.resource.standing": (get_standings, "purchase_days"),
    "crm.resource.grade": (get_grades, "date_level"),
    "crm.resource.level.change": (make_level_changes, "purchasing_power"),
    "crm.resource.assignment": (get_assignments, "reason"),
    "crm.resource.batch": (make_batches, "reason"),
    "crm.resource.claim.count": (make_claim_counts, "claims"),
    "crm.resource.holder": (get_holders, "changes"),
    "crm.resource.holding.limit": (make_holding_limits, "customer_limit"),
    "crm.resource.allocation.member": (make_allocation_members, "weight"),
    "crm.resource.recall.extension": (make_extensions, "reason"),
    "crm.resource.product.bought": (get_products_bought, "quantity"),
    "crm.resource.past.sale": (make_past_sales, "amount"),
    "crm.resource.collaborator": (make_collaborators, "access"),
    "crm.resource.change.request": (make_change_requests, "new_credit_limit"),
    "crm.resource.price.authority": (make_price_authorities, "active"),
    "crm.resource.absence": (make_absences, "reason"),
    "crm.lead": (make_leads, "expected_revenue"),
    "sale.order": (make_orders, "amount_untaxed"),
    "sale.order.line": (get_order_lines, "price_subtotal"),
    "account.move": (make_invoices, "amount_untaxed_signed"),
    "account.move.line": (get_invoice_lines, "balance"),
    "sale.report": (get_sales, "price_subtotal"),
    "account.invoice.report": (get_invoiced, "price_subtotal"),
    "crm.activity.report": (make_activities, "body"),
    "res.partner.bank": (make_accounts, "acc_holder_name"),
    "crm.resource.lifecycle.change": (make_lifecycle_changes, "lifecycle_to"),
    "crm.resource.churn": (make_churns, "cause"),
    "crm.resource.retention": (make_retentions, "title"),
    "crm.resource.care": (make_care, "amount"),
    "crm.resource.campaign.target": (make_campaign_targets, "address"),
    "crm.resource.bulk.message.line": (make_bulk_message_lines, "address"),
    "utm.campaign": (make_campaigns, "title"),
    "crm.resource.campaign.report": (get_campaign_effects, "targeted"),
    "crm.resource.bulk.quota": (make_bulk_quotas, "count"),
    "crm.resource.participation": (get_participations, "attended"),
    "crm.resource.draw": (make_draws, "name"),
    "crm.resource.draw.participant": (make_participants, "customer_id"),
    "crm.resource.draw.winner": (make_winners, "code"),
    "survey.survey": (make_surveys, "title"),
    "crm.resource.survey.round": (make_survey_rounds, "name"),
    "crm.resource.survey.line": (make_survey_lines, "address"),
    "crm.resource.survey.answer": (make_survey_answers, "score"),
    "crm.resource.survey.report": (get_survey_report, "score"),
    "crm.resource.satisfaction": (make_satisfactions, "score"),
    "crm.resource.special.day": (make_special_days, "name"),
    "crm.resource.evaluation": (make_evaluations, "total"),
    "crm.resource.competitor.encounter": (make_encounters, "note"),
    "crm.resource.pin": (make_pins, "partner_id"),
    "crm.resource.announcement.reading": (make_readings, "date"),
    "crm.resource.follow.up": (get_follow_ups, "name"),
    "crm.resource.login": (get_logins, "date_last"),
    "crm.resource.visit": (make_visits, "cost"),
    "crm.resource.visit.coverage": (get_coverage, "due"),
    "crm.resource.visit.photo": (make_photos, "name"),
    "crm.resource.visit.position": (make_positions, "accuracy"),
    "crm.resource.forecast": (make_forecasts, "amount_company"),
    "crm.resource.forecast.line": (make_forecast_lines, "quantity"),
    "crm.resource.forecast.snapshot.line": (make_forecast_snapshots, "amount"),
    "crm.resource.forecast.report": (get_forecast_reports, "amount_forecast"),
    "crm.resource.solution": (make_solutions, "amount_company"),
    "crm.resource.solution.line": (get_solution_lines, "amount_company"),
    "crm.resource.contract": (make_contracts, "amount_company"),
    "crm.resource.contract.line": (get_contract_lines, "price_subtotal"),
    "crm.resource.contract.instalment": (get_instalments, "amount"),
    "crm.resource.contract.receipt": (get_contract_receipts, "amount"),
    "crm.resource.contract.version": (make_contract_versions, "amount_total"),
    "crm.resource.account.plan": (make_account_plans, "strategy"),
    "crm.resource.account.objective": (make_account_objectives, "value_typed"),
    "crm.resource.target": (make_targets, "target"),
    "crm.resource.target.change": (make_target_changes, "measure"),
    "crm.resource.target.report": (get_target_reports, "target"),
    "crm.resource.target.result": (make_target_results, "achieved"),
    "crm.resource.project.party": (make_project_parties, "note"),
    "crm.resource.project.course": (get_project_courses, "name"),
    "crm.resource.stakeholder": (make_stakeholders, "note"),
    "crm.resource.stage.approval": (make_stage_approvals, "reason"),
    "crm.resource.plan.step": (make_plan_steps, "name"),
    "crm.resource.web.form": (make_web_forms, "day_limit"),
    "crm.resource.web.submission": (make_web_submissions, "label"),
}
