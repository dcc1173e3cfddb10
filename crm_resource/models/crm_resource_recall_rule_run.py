from operator import itemgetter
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, format_date, groupby

from .crm_resource_assignment import Holder
from .crm_resource_batch_undo import NAMED_CUSTOMERS

# customers after which the job commits
BATCH_SIZE = 1000


class Recall(NamedTuple):
    """A customer whose day has come."""

    partner_id: int
    name: str
    user_id: int
    owner: str
    team_id: int | None
    rule_id: int
    pool_id: int
    causes: list


class CrmResourceRecallRule(models.Model):
    """The nightly recall: it says when, warns, and takes back."""

    _inherit = "crm.resource.recall.rule"

    @api.model
    def _cron_recall(self, date=None):
        """Nightly: warn those whose customers are about to be recalled, and recall
        whose day has come, a commit after each batch.

        It may be killed anywhere: what is done is committed together with what was told
        of it, and the next run finds only what is left.
        """
        date = date or fields.Date.context_today(self)
        cron = self.env["ir.cron"]
        # their own job may have failed
        self.env["crm.resource.standing"]._ensure_refreshed()
        self._warn(date)
        due = self._get_due(date)
        cron._commit_progress(remaining=len(due))
        batches = {}
        while due:
            size = self._get_batch_size(due)
            chunk, due = due[:size], due[size:]
            self._recall(date, [partner for partner, _pool, _user in chunk], batches)
            if not cron._commit_progress(size, remaining=len(due)):
                break

    def _get_due(self, date):
        """Return the ids of customer, pool and salesperson of those whose day has come,
        the customers of a person one after the other."""
        return self.env.execute_query(
            SQL(
                """
                SELECT partner.id, rule.pool_id, partner.user_id
                  FROM crm_resource_standing standing
                  JOIN res_partner partner ON partner.id = standing.partner_id
                  JOIN crm_resource_recall_rule rule
                    ON rule.id = standing.recall_rule_id
                 WHERE standing.date_recall <= %s
                 ORDER BY rule.pool_id, partner.user_id, partner.id
                """,
                date,
            )
        )

    def _get_batch_size(self, due):
        """Return how many to recall next: whole people, that each gets one message."""
        size = 0
        for _key, rows in groupby(due, itemgetter(1, 2)):
            if size >= BATCH_SIZE:
                break
            size += len(rows)
        return size

    # ------------------------------------------------------------
    # Warning
    # ------------------------------------------------------------

    @api.model
    def _warn(self, date):
        """Write when customers are recalled, and let the activities that warn of it
        follow."""
        self.env.flush_all()
        self._plan_warnings(date, self._store_recalls(date))
        self.env.invalidate_all(flush=False)

    def _store_recalls(self, date):
        """Write for all customers when and by which rule they are recalled, where it
        differs; return the ids of those whose warning changed."""
        columns = (
            "date_recall",
            "recall_rule_id",
            "date_recall_warned",
            "date_recall_escalated",
        )
        olds, news, changed = (
            SQL(", ").join(SQL.identifier(table, column) for column in columns)
            for table in ("old", "due", "changed")
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS MATERIALIZED (
                    SELECT partner_id, %(names)s FROM (%(due)s) due
                ),
                changed AS MATERIALIZED (
                    SELECT old.id, old.date_recall_warned AS date_warned_before,
                           %(news)s
                      FROM crm_resource_standing old
                      LEFT JOIN due ON due.partner_id = old.partner_id
                     WHERE (%(olds)s) IS DISTINCT FROM (%(news)s)
                )
                UPDATE crm_resource_standing standing
                   SET (%(columns)s) = ROW(%(changed)s)
                  FROM changed
                 WHERE changed.id = standing.id
             RETURNING standing.partner_id,
                       changed.date_warned_before IS NOT NULL
                           OR standing.date_recall_warned IS NOT NULL
                """,
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                names=SQL(", ").join(map(SQL.identifier, columns)),
                olds=olds,
                news=news,
                changed=changed,
                due=self._get_recall_query(date),
            )
        )
        return [partner for partner, is_warned in rows if is_warned]

    def _plan_warnings(self, date, changed):
        """Remove the activities of warnings that do not hold any more, and plan those
        of customers whose warning changed anew."""
        self._remove_warnings(changed)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id, standing.date_recall, standing.recall_rule_id,
                       warned.user_id, person.lang, partner.user_id = warned.user_id
                  FROM crm_resource_standing standing
                  JOIN res_partner partner ON partner.id = standing.partner_id
                  JOIN res_users owner ON owner.id = partner.user_id
                  LEFT JOIN crm_team team
                    ON team.id = COALESCE(partner.team_id, owner.sale_team_id)
                 CROSS JOIN LATERAL (
                        SELECT partner.user_id
                         UNION ALL
                        (SELECT above.user_id
                           FROM crm_team above
                          WHERE standing.date_recall_escalated IS NOT NULL
                            AND team.parent_path LIKE above.parent_path || '%%'
                            AND above.user_id <> partner.user_id
                          ORDER BY LENGTH(above.parent_path) DESC
                          LIMIT 1)
                       ) warned
                  JOIN res_users receiver ON receiver.id = warned.user_id
                  JOIN res_partner person ON person.id = receiver.partner_id
                 WHERE standing.partner_id = ANY(%s)
                   AND standing.date_recall_warned IS NOT NULL AND receiver.active
                """,
                changed,
            )
        )
        self._insert_warnings(rows)

    def _get_warning_type(self):
        return self.env.ref("crm_resource.mail_activity_data_recall")

    def _remove_warnings(self, partners):
        """Remove the warnings of these customers, and of those who changed hands."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_activity activity
                 WHERE activity.activity_type_id = %s AND activity.date_done IS NULL
                   AND activity.res_model = 'res.partner'
                   AND (activity.res_id = ANY(%s)
                        OR NOT EXISTS (
                            SELECT FROM crm_resource_standing standing
                             WHERE standing.partner_id = activity.res_id
                               AND standing.date_recall_warned IS NOT NULL))
                """,
                self._get_warning_type().id,
                partners,
            )
        )

    @api.model
    def _withdraw_warnings(self, partners):
        """Take the warnings of these customers back, and say anew when they are
        recalled: not without another warning."""
        partners.standing_id.write(
            {"date_recall_warned": False, "date_recall_escalated": False}
        )
        self._remove_warnings(partners.ids)
        self._refresh_recalls(partners)

    def _insert_warnings(self, rows):
        """Plan activities, any number in one statement."""
        if not rows:
            return
        texts = {}
        for _partner, day, rule, _user, lang, is_owner in rows:
            if (day, rule, lang, is_owner) not in texts:
                texts[day, rule, lang, is_owner] = self._get_warning(
                    day, rule, lang, is_owner
                )
        partners, days, _rules, users, _langs, _is_owners = zip(*rows, strict=True)
        self.env["mail.activity"]._insert_planned(
            "res.partner",
            self._get_warning_type(),
            SQL(
                """
                SELECT partner.id AS res_id, partner.complete_name AS res_name,
                       planned.user_id, planned.day AS date_deadline, planned.summary
                  FROM UNNEST(%(partners)s::int4[], %(users)s::int4[], %(days)s::date[],
                              %(summaries)s::text[])
                       planned(partner_id, user_id, day, summary)
                  JOIN res_partner partner ON partner.id = planned.partner_id
                """,
                partners=list(partners),
                users=list(users),
                days=list(days),
                summaries=[
                    texts[day, rule, lang, is_owner]
                    for _partner, day, rule, _user, lang, is_owner in rows
                ],
            ),
        )

    def _get_warning(self, day, rule, lang, is_owner):
        rule = self.browse(rule).with_context(lang=lang)
        values = {
            "day": format_date(rule.env, day, lang_code=lang),
            "pool": rule.pool_id.name,
        }
        if is_owner:
            return rule.env._("Will be recalled to %(pool)s on %(day)s", **values)
        return rule.env._(
            "Will be recalled to %(pool)s on %(day)s: talk to the salesperson", **values
        )

    # ------------------------------------------------------------
    # Recall
    # ------------------------------------------------------------

    def _recall(self, date, ids, batches):
        """Recall those of some customers who are still due, and tell whom it concerns.

        :param dict batches: `crm.resource.batch` by rule; new ones are added
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT due.partner_id, partner.complete_name, due.user_id,
                       person.name, partner.team_id, due.recall_rule_id, due.pool_id,
                       due.causes
                  FROM (%s) due
                  JOIN res_partner partner ON partner.id = due.partner_id
                  JOIN res_users owner ON owner.id = due.user_id
                  JOIN res_partner person ON person.id = owner.partner_id
                 WHERE due.date_recall <= %s
                 ORDER BY due.recall_rule_id, due.causes, due.partner_id
                """,
                self._get_recall_query(
                    date, partners=self.env["res.partner"].browse(ids)
                ),
                date,
            )
        )
        recalled = []
        for (rule_id, causes), group in groupby(
            (Recall(*row) for row in rows),
            lambda recall: (recall.rule_id, tuple(recall.causes)),
        ):
            rule = self.browse(rule_id)
            batch = batches.get(rule) or rule._open_batch(date)
            taken = rule._take_back(group, causes, batch)
            if taken:
                batches[rule] = batch
                recalled += taken
            elif rule not in batches:
                batch.unlink()
        self._remove_warnings([recall.partner_id for recall in recalled])
        self._notify_recalls(recalled)

    def _open_batch(self, date):
        return self.env["crm.resource.batch"].create(
            {
                "kind": "recall",
                "reason": self.name,
                "company_id": self.company_id.id,
                "pool_id": self.pool_id.id,
                "date_undo_to": fields.Date.add(date, days=self.undo_days)
                if self.undo_days
                else fields.Date.add(date, days=-1),
            }
        )

    def _get_reason(self, causes):
        return self.env._(
            "%(rule)s: %(cause)s", rule=self.name, cause=self._get_cause(causes)
        )

    def _take_back(self, recalls, causes, batch):
        """Give customers to the pool; return those whom nobody else was changing."""
        holder = Holder(pool=self.pool_id.id)
        moved = self.env["crm.resource.assignment"]._assign(
            {recall.partner_id: holder for recall in recalls},
            "recall",
            reason=self._get_reason(causes),
            batch=batch,
            expected={
                recall.partner_id: Holder(recall.user_id, recall.team_id)
                for recall in recalls
            },
        )
        moved = set(moved)
        return [recall for recall in recalls if recall.partner_id in moved]

    def _notify_recalls(self, recalls):
        """Tell each salesperson in one message which customers he lost, and each
        administrator of a pool which came to it."""
        lost, came = {}, {}
        for recall in recalls:
            lost.setdefault((recall.pool_id, recall.user_id), []).append(recall)
            came.setdefault(recall.pool_id, []).append(recall)
        pools = self.env["crm.resource.pool"]
        # one after the other they would be read one by one
        users = self.env["res.users"].browse(sorted({user for _pool, user in lost}))
        for user in users:
            for pool in pools.browse(came):
                if mine := lost.get((pool.id, user.id)):
                    self._notify_recall(pool, user, mine, is_lost=True)
        for pool in pools.browse(came):
            for user in pool.admin_ids.filtered("active"):
                self._notify_recall(pool, user, came[pool.id])

    def _notify_recall(self, pool, user, recalls, is_lost=False):
        rules = self.with_context(lang=user.lang)
        pool = pool.with_env(rules.env)
        body = rules.env["ir.qweb"]._render(
            "crm_resource.recall_message",
            {
                "pool": pool,
                "count": len(recalls),
                "is_lost": is_lost,
                "rows": [
                    (recall, rules.browse(recall.rule_id)._get_reason(recall.causes))
                    for recall in recalls[:NAMED_CUSTOMERS]
                ],
            },
        )
        subject = (
            rules.env._("%(count)s of your customers were recalled", count=len(recalls))
            if is_lost
            else rules.env._(
                "%(count)s customers came to %(pool)s",
                count=len(recalls),
                pool=pool.name,
            )
        )
        # the message names the pool: linked to it, it takes a third longer
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids, subject=subject, body=body
        )
