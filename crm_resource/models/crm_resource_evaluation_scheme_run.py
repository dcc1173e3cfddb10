from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmResourceEvaluationScheme(models.Model):
    """How a scheme evaluates any number of partners, in a few statements."""

    _inherit = "crm.resource.evaluation.scheme"

    @api.model
    def _cron_evaluate(self):
        """Nightly: evaluate by every scheme whose day has come, a commit after each.

        A scheme moves on to its next day in the same transaction, and a partner has one
        evaluation a day: a run that was killed begins anew and doubles nothing.
        """
        cron = self.env["ir.cron"]
        due = self.search([("date_next", "!=", False)]).filtered(
            lambda scheme: scheme.date_next <= scheme._get_today()
        )
        self._follow_owners()
        self._rank_left()
        cron._commit_progress(remaining=len(due))
        for left, scheme in zip(range(len(due), 0, -1), due, strict=True):
            date = scheme._get_today()
            lack = scheme._get_responsible_lack()
            if lack:
                scheme._halt(lack)
            elif scheme.criterion_ids:
                scheme.criterion_ids._check_scale()
                scheme._plan_activities(scheme._evaluate(date))
            scheme._move_on(date)
            if not cron._commit_progress(1, remaining=left - 1):
                break

    def _move_on(self, date):
        """Set the next day, counted from the one that was planned."""
        day, times = self.date_next, 0
        if not day:  # it was just stopped
            return
        while self.interval_months and day <= date:
            times += 1
            day = fields.Date.add(self.date_next, months=self.interval_months * times)
        self.date_next = day if self.interval_months else False

    def _halt(self, lack):
        """Evaluate on demand only, as nobody answers for the scheme, and tell market
        staff."""
        self.ensure_one()
        self.date_next = False
        self._tell_staff(
            self.env._(
                "“%(scheme)s” evaluates nobody by itself any more. %(lack)s Look at "
                "its conditions, and say anew when it evaluates: it then works with "
                "your rights.",
                scheme=self.name,
                lack=lack,
            )
        )

    def _evaluate(self, date, partners=None):
        """Evaluate all partners of the scheme as of a day.

        :param partners: limit to these `res.partner` records
        :return: the new `crm.resource.evaluation` records
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_resource_evaluation (
                    scheme_id, target, company_id, partner_id, date, date_from, state,
                    evaluator_id, create_uid, create_date, write_uid, write_date
                )
                SELECT %(scheme)s, %(target)s, %(company)s, partner.id, %(date)s,
                       %(date_from)s, 'draft', %(evaluator)s, %(uid)s, %(now)s,
                       %(uid)s, %(now)s
                  FROM res_partner partner
                 WHERE partner.id IN %(scope)s
                ON CONFLICT (scheme_id, partner_id, date) DO NOTHING
             RETURNING id
                """,
                scheme=self.id,
                target=self.target,
                company=self.company_id.id or None,
                date=date,
                date_from=self._get_windows(date)[0],
                evaluator=self._get_evaluator(),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                scope=self._get_scope(partners),
            )
        )
        ids = [row[0] for row in rows]
        self._score(ids)
        return self.env["crm.resource.evaluation"].browse(ids)

    def _prepare(self, evaluations):
        """Fill in what a run does of evaluations that a person opened."""
        self.ensure_one()
        for evaluation in evaluations:
            evaluation.date = self._get_today()
            evaluation.date_from = self._get_windows(evaluation.date)[0]
            if not evaluation.evaluator_id:
                owner = evaluation.partner_id.user_id
                evaluation.evaluator_id = (
                    owner
                    if self.evaluated_by == "owner" and owner
                    else self.evaluator_ids[:1]
                )

    def _get_evaluator(self):
        """Return the expression of who fills in what is not computed."""
        first = self.evaluator_ids[:1].id or None
        if self.evaluated_by == "owner":
            return SQL("COALESCE(partner.user_id, %s)", first)
        return SQL("%s::integer", first)

    def _get_scope(self, partners=None):
        """Return the sub-query of the ids of the partners to evaluate."""
        domain = self._get_partner_domain()
        matching = self._match_typed_domain()
        if matching is not None:
            domain &= Domain("id", "in", matching)
        if partners is not None:
            domain &= Domain("id", "in", partners.ids)
        # a run evaluates all, whoever starts it
        return self.env["res.partner"].sudo()._search(domain).subselect()

    def _filter_partners(self, partners):
        """Return those of some partners whom the scheme evaluates."""
        query = self._get_scope(partners)
        self.env.flush_all()
        rows = self.env.execute_query(SQL("SELECT id FROM %s scope", query))
        return partners.browse(row[0] for row in rows)
