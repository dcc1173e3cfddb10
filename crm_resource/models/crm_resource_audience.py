from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

# the ERP's own: rules add up, so these rest while ours hold, lest they give back what
# ours withhold
RESTING = (
    "crm.crm_activity_report_rule_personal_activities",
    "crm.crm_rule_personal_lead",
    "sale.account_invoice_line_rule_see_personal",
    "sale.account_invoice_report_rule_see_personal",
    "sale.account_invoice_rule_see_personal",
    "sale.account_invoice_send_batch_rule_see_personal",
    "sale.account_invoice_send_single_rule_see_personal",
    "sale.sale_order_line_personal_rule",
    "sale.sale_order_personal_rule",
    "sale.sale_order_report_personal_rule",
)
# key of what a transaction, and no longer, remembers: which audiences its users belong
# to; others take away and give meanwhile
REACHED = "crm_resource.reached_audiences"


class Reach(NamedTuple):
    """The people who reach a record; each part is a frozenset of ids."""

    editors: frozenset = frozenset()  # users
    readers: frozenset = frozenset()  # users
    teams: frozenset = frozenset()  # whose leaders edit
    is_entry: bool = False  # all who enter customers edit
    is_open: bool = False  # everybody who may use the model edits
    is_document: bool = False  # of documents, which have many more than customers

    def __or__(self, other):
        return Reach(*(mine | its for mine, its in zip(self, other, strict=True)))

    def _without(self, user):
        """Return these people but for one who is among them as owner."""
        return self._replace(editors=self.editors - {user})

    @classmethod
    def from_key(cls, key):
        """Return the people for whom `get_key` gave this text."""
        *people, flags = key.split("/")
        return cls(
            *(frozenset(map(int, filter(None, ids.split(",")))) for ids in people),
            *(flag == "1" for flag in flags),
        )

    def get_key(self):
        """Return the text that stands for these people."""
        parts = [",".join(map(str, sorted(ids))) for ids in self[:3]]
        flags = "".join(f"{flag:d}" for flag in self[3:])
        return "/".join([*parts, flags])


class CrmResourceAudience(models.Model):
    """Who reaches a record: one row for each different set of people.

    Records point to their row, so that a record rule is one indexed `in`, however many
    ways there are to reach a record. Rows never change: other people are another row.
    """

    _name = "crm.resource.audience"
    _description = "Audience"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    editor_ids = fields.Many2many(
        "res.users", "crm_resource_audience_editor_rel", readonly=True
    )
    reader_ids = fields.Many2many(
        "res.users", "crm_resource_audience_reader_rel", readonly=True
    )
    team_ids = fields.Many2many(
        "crm.team",
        "crm_resource_audience_team_rel",
        string="Departments",
        readonly=True,
    )
    is_entry = fields.Boolean(string="All Clerks", readonly=True)
    is_open = fields.Boolean(string="Everybody", readonly=True)
    is_document = fields.Boolean(string="Of Documents", readonly=True)

    _key_unique = models.Constraint("UNIQUE(key)", "There is such an audience.")

    def _get_reach(self):
        """Return the `Reach` that this audience, if any, stands for."""
        return Reach.from_key(self.key) if self else Reach()

    @api.model
    def _get_audiences(self, reaches):
        """Return the audiences of these sets of people; those that nobody asked for yet
        are created.

        :param reaches: iterable of `Reach`
        :return: dict of `crm.resource.audience` by `Reach`
        """
        keys = {reach.get_key(): reach for reach in reaches}
        # whoever enters a customer causes a row that he may not touch
        audiences = self.sudo().with_context(active_test=False)
        found = audiences.search_fetch([("key", "in", list(keys))], ["key"])
        missing = keys.keys() - set(found.mapped("key"))
        found += audiences.create(
            [
                {
                    "key": key,
                    "editor_ids": [fields.Command.set(sorted(keys[key].editors))],
                    "reader_ids": [fields.Command.set(sorted(keys[key].readers))],
                    "team_ids": [fields.Command.set(sorted(keys[key].teams))],
                    "is_entry": keys[key].is_entry,
                    "is_open": keys[key].is_open,
                    "is_document": keys[key].is_document,
                }
                for key in sorted(missing)
            ]
        )
        if missing:
            self._forget_reached_ids()
        return {keys[audience.key]: audience for audience in found}

    @api.model
    def _get_reached_ids(self, operation, is_document):
        """Return the ids of the audiences to which the user belongs: by name, as leader
        of a department or of one above it, as member of one if he has the group
        Department Documents, as clerk, or because everybody does.

        :param str operation: "read" or another one
        :param bool is_document: the audiences of documents or those of customers
        """
        user = self.env.user
        asked = (
            user.id,
            operation == "read",
            is_document,
            user.has_group("crm_resource.group_department"),
            user.has_group("crm_resource.group_clerk"),
        )
        known = self.env.cr.cache.setdefault(REACHED, {})
        if asked not in known:
            known[asked] = self._fetch_reached_ids(*asked)
        return known[asked]

    @api.model
    def _forget_reached_ids(self):
        """Have the audiences of users looked up again: there are others, or somebody
        leads or joins another department."""
        self.env.cr.cache.pop(REACHED, None)

    def _fetch_reached_ids(
        self, user, is_reading, is_document, is_departmental, is_clerk
    ):
        for model in (self, self.env["crm.team"], self.env["crm.team.member"]):
            model.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT audience.id FROM crm_resource_audience audience
                 WHERE audience.is_document = %(is_document)s
                   AND (audience.is_open
                        OR audience.is_entry AND %(is_clerk)s
                        OR audience.id IN (
                            SELECT crm_resource_audience_id
                              FROM crm_resource_audience_editor_rel
                             WHERE res_users_id = %(user)s
                         UNION ALL
                            SELECT crm_resource_audience_id
                              FROM crm_resource_audience_reader_rel
                             WHERE res_users_id = %(user)s AND %(is_reading)s
                         UNION ALL
                            SELECT rel.crm_resource_audience_id
                              FROM crm_team above
                              JOIN crm_team below
                                ON STARTS_WITH(below.parent_path, above.parent_path)
                              JOIN crm_resource_audience_team_rel rel
                                ON rel.crm_team_id = below.id
                             WHERE above.active
                               AND (above.user_id = %(user)s
                                    OR %(is_departmental)s AND EXISTS (
                                        SELECT FROM crm_team_member member
                                         WHERE member.crm_team_id = above.id
                                           AND member.active
                                           AND member.user_id = %(user)s))))
                """,
                is_document=is_document,
                user=user,
                is_reading=is_reading,
                is_departmental=is_departmental,
                is_clerk=is_clerk,
            )
        )
        return [audience for (audience,) in rows]

    # ------------------------------------------------------------
    # The rules that ask for audiences
    # ------------------------------------------------------------

    @api.model
    def _is_enforced(self):
        """Return whether people see the customers and documents within their reach
        only, or as the ERP has it."""
        return self.env.ref("crm_resource.res_partner_rule_reach_read").active

    @api.model
    def _enforce(self, is_enforced):
        """Have either our rules or the ERP's own say who sees what.

        Ours are recognised by ``_rule_reach`` in their external ids.
        """
        data = self.env["ir.model.data"].search(
            [
                ("model", "=", "ir.rule"),
                ("module", "=like", "crm_resource%"),
                ("name", "like", r"\_rule\_reach"),
            ]
        )
        self.env["ir.rule"].browse(data.mapped("res_id")).active = is_enforced
        for name in RESTING:
            self.env.ref(name).active = not is_enforced
