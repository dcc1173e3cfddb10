from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from .unchecked_many2one import UncheckedMany2one

KINDS = [
    ("entry", "Entered"),
    ("edit", "Changed by Hand"),
    ("allocate", "Allocated"),
    ("claim", "Claimed"),
    ("assign", "Assigned From the Pool"),
    ("give_back", "Given Back"),
    ("recall", "Recalled"),
    ("hand_over", "Handed Over"),
    ("substitute", "Substituted"),
    ("return", "Taken Back"),
    ("undo", "Undone"),
]
# what changes with who has a customer: fields by model, None for all of them
CHANGED_FIELDS = {
    "crm.resource.assignment": None,
    "crm.resource.batch": None,
    "crm.resource.pool": ["claims_left", "customer_count", "my_message"],
    "crm.resource.pool.customer": None,
    "crm.resource.standing": None,
    "mail.activity": None,
    "mail.followers": None,
    "res.partner": None,
}


class Holder(NamedTuple):
    """Who has a customer: ids, None where there is none."""

    user: int | None = None
    team: int | None = None
    pool: int | None = None


class CrmResourceAssignment(models.Model):
    """Who had a customer from when to when, and why: a row with every change of
    salesperson, department or pool, whatever the way; only its end is written later."""

    _name = "crm.resource.assignment"
    _description = "Assignment of a Customer"
    _inherit = "crm.resource.past.mixin"
    _past_user = "author_id"
    _order = "id desc"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = UncheckedMany2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, string="What", required=True, readonly=True)
    user_from_id = UncheckedMany2one(
        "res.users", string="Old Salesperson", readonly=True
    )
    team_from_id = UncheckedMany2one("crm.team", string="Old Department", readonly=True)
    pool_from_id = UncheckedMany2one(
        "crm.resource.pool", string="Old Pool", readonly=True
    )
    user_to_id = UncheckedMany2one("res.users", string="Salesperson", readonly=True)
    team_to_id = UncheckedMany2one("crm.team", string="Department", readonly=True)
    pool_to_id = UncheckedMany2one("crm.resource.pool", string="Pool", readonly=True)
    date = fields.Datetime(string="From", required=True, readonly=True)
    date_end = fields.Datetime(string="To", readonly=True)
    days_held = fields.Integer(
        compute="_compute_days_held",
        help="Whole days from the beginning to the end, or to now.",
    )
    author_id = UncheckedMany2one("res.users", string="By", readonly=True)
    reason = fields.Char(readonly=True)
    batch_id = UncheckedMany2one(
        "crm.resource.batch", readonly=True, index="btree_not_null"
    )

    _open_unique = models.UniqueIndex(
        "(partner_id) WHERE date_end IS NULL",
        "Somebody else has just moved this customer: reload the page.",
    )

    @api.depends("date", "date_end")
    def _compute_days_held(self):
        now = fields.Datetime.now()
        for assignment in self:
            held = (assignment.date_end or now) - assignment.date
            assignment.days_held = held.days

    # ------------------------------------------------------------
    # The one way by which customers change hands
    # ------------------------------------------------------------

    @api.model
    def _assign(self, holders, kind, reason=None, batch=None, expected=None):
        """Give customers to people, departments or pools, any number at once, and keep
        who had them.

        Rights and limits are the caller's matter. Customers whom somebody else is
        changing at this moment, or who are not managed any more, are left out.

        :param dict holders: `Holder` by id of `res.partner`
        :param str kind: why, one of `KINDS`
        :param str reason: the person's words
        :param batch: `crm.resource.batch`
        :param dict expected: the `Holder` each must have now, by id; others stay
        :return: the ids of the customers that changed hands
        """
        self.env.flush_all()
        users = {holder.user for holder in holders.values()}
        self.env["crm.resource.holder"]._reserve(users)
        held = self._lock(holders)
        moved = [
            partner
            for partner, holder in held.items()
            if holder != holders[partner]
            and (expected is None or holder == expected[partner])
        ]
        if not moved:
            return []
        olds = [held[partner] for partner in moved]
        news = [holders[partner] for partner in moved]
        self._write_holders(moved, news)
        self._log(moved, olds, news, kind, reason, batch)
        self._pass_on(moved, olds, news)
        for model, names in CHANGED_FIELDS.items():
            self.env[model].invalidate_model(names, flush=False)
        customers = self.env["res.partner"].browse(moved)
        customers._forget_hidden_past()
        customers._pass_on_audiences(customers)
        return moved

    def _lock(self, ids):
        """Return the `Holder` of each of these customers, by id; those whom somebody
        else is changing are missing."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, user_id, team_id, pool_id
                  FROM res_partner
                 WHERE id = ANY(%s) AND customer_state IS NOT NULL
                 ORDER BY id
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                list(ids),
            )
        )
        return {partner: Holder(*holder) for partner, *holder in rows}

    def _write_holders(self, moved, news):
        """Write who has customers now. What a recall was reckoned from begins anew."""
        users, teams, pools = zip(*news, strict=True)
        # who reaches them is written at once: each change of a partner renews the
        # entries of all indexes of the table
        audiences = self.env["res.partner"]._get_audiences_of(
            dict(zip(moved, news, strict=True))
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner partner
                   SET user_id = new.user_id, team_id = new.team_id,
                       pool_id = new.pool_id, audience_id = new.audience_id,
                       date_protected_to = NULL,
                       date_held_from = %(now)s, date_hidden_before = NULL,
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM UNNEST(%(ids)s::int4[], %(users)s::int4[], %(teams)s::int4[],
                              %(pools)s::int4[], %(audiences)s::int4[])
                       new(id, user_id, team_id, pool_id, audience_id)
                 WHERE partner.id = new.id
                """,
                ids=moved,
                users=list(users),
                teams=list(teams),
                pools=list(pools),
                audiences=[audiences.get(key) for key in moved],
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_standing
                   SET date_recall = NULL, date_recall_warned = NULL,
                       recall_rule_id = NULL
                 WHERE partner_id = ANY(%s)
                   AND (date_recall, date_recall_warned) IS DISTINCT FROM (NULL, NULL)
                """,
                moved,
            )
        )

    def _log(self, moved, olds, news, kind, reason=None, batch=None):
        """Keep from whom to whom customers went."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_resource_assignment SET date_end = %s
                 WHERE partner_id = ANY(%s) AND date_end IS NULL
                """,
                now,
                moved,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_assignment (
                    partner_id, user_from_id, team_from_id, pool_from_id,
                    user_to_id, team_to_id, pool_to_id,
                    kind, date, author_id, reason, batch_id
                )
                SELECT new.*, %(kind)s, %(now)s, %(uid)s, %(reason)s, %(batch)s
                  FROM UNNEST(%(columns)s) new
                """,
                columns=SQL(", ").join(
                    SQL("%s::int4[]", list(column))
                    for column in (
                        moved,
                        *zip(*olds, strict=True),
                        *zip(*news, strict=True),
                    )
                ),
                kind=kind,
                now=now,
                uid=self.env.uid,
                reason=reason or None,
                batch=batch.id if batch else None,
            )
        )
        self.invalidate_model()

    def _pass_on(self, moved, olds, news):
        """Let the new salesperson follow the customer instead of the old one, and do
        what that one had planned; nobody does it while the customer is in a pool."""
        if any(old.user for old in olds):
            self._pass_on_plans(moved, olds, news)
        if any(new.user for new in news):
            self._follow(moved, news)

    def _pass_on_plans(self, moved, olds, news):
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_followers follower
                 USING UNNEST(%(ids)s::int4[], %(olds)s::int4[]) moved(id, user_id),
                       res_users users
                 WHERE follower.res_model = 'res.partner'
                   AND follower.res_id = moved.id
                   AND users.id = moved.user_id
                   AND follower.partner_id = users.partner_id
                   AND NOT EXISTS (
                       SELECT FROM crm_resource_collaborator helper
                        WHERE helper.partner_id = moved.id
                          AND helper.user_id = moved.user_id)
                """,
                ids=moved,
                olds=[old.user for old in olds],
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_activity activity
                   SET user_id = COALESCE(moved.new_id, activity.user_id),
                       active = moved.new_id IS NOT NULL
                  FROM UNNEST(%(ids)s::int4[], %(olds)s::int4[], %(news)s::int4[])
                       moved(id, old_id, new_id)
                 WHERE activity.res_model = 'res.partner'
                   AND activity.res_id = moved.id
                   AND activity.user_id = moved.old_id
                   AND activity.active
                """,
                ids=moved,
                olds=[old.user for old in olds],
                news=[new.user for new in news],
            )
        )

    def _follow(self, moved, news):
        # which kinds of messages are followed is the same for everybody
        subtypes, _internal, _external = (
            self.env["mail.message.subtype"].sudo().default_subtypes("res.partner")
        )
        self.env.cr.execute(
            SQL(
                """
                WITH followed AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT 'res.partner', moved.id, users.partner_id
                      FROM UNNEST(%(ids)s::int4[], %(news)s::int4[]) moved(id, user_id)
                      JOIN res_users users ON users.id = moved.user_id
                        ON CONFLICT DO NOTHING
                 RETURNING id
                )
                INSERT INTO mail_followers_mail_message_subtype_rel (
                    mail_followers_id, mail_message_subtype_id
                )
                SELECT followed.id, subtype FROM followed, UNNEST(%(subtypes)s) subtype
                """,
                ids=moved,
                news=[new.user for new in news],
                subtypes=subtypes.ids,
            )
        )
