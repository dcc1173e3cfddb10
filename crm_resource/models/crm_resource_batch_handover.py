from odoo import api, fields, models
from odoo.fields import Domain

from .crm_resource_assignment import Holder
from .crm_resource_batch_document import Move

# how many records a message names
NAMED_IN_MESSAGE = 10


class CrmResourceBatch(models.Model):
    """What a person handed over, with the documents, and how it comes back."""

    _inherit = "crm.resource.batch"

    person_id = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        help="Who handed over, or got back what others had for him.",
    )
    date_return = fields.Date(
        string="Returns On",
        readonly=True,
        help="On this day the person gets back what was passed for a time.",
    )
    date_returned = fields.Datetime(string="Returned On", readonly=True)
    document_ids = fields.One2many(
        "crm.resource.batch.document", "batch_id", readonly=True
    )
    document_count = fields.Integer(
        string="Documents", compute="_compute_document_count"
    )

    _return_idx = models.Index(
        "(date_return) WHERE date_return IS NOT NULL AND date_returned IS NULL"
    )

    @api.depends("document_ids")
    def _compute_document_count(self):
        counts = dict(
            self.env["crm.resource.batch.document"]._read_group(
                [("batch_id", "in", self.ids)], ["batch_id"], ["__count"]
            )
        )
        for batch in self:
            batch.document_count = counts.get(batch, 0)

    def action_open_documents(self):
        """List the documents that changed hands."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_batch_document_action"
            ),
            "domain": [("batch_id", "=", self.id)],
        }

    # ------------------------------------------------------------
    # Back to the person
    # ------------------------------------------------------------

    @api.model
    def _cron_return(self):
        """Daily: end the substitutions that are over, a commit after each."""
        today = fields.Date.context_today(self)
        batches = self.search(
            [
                ("kind", "=", "substitute"),
                ("date_return", "<=", today),
                ("date_returned", "=", False),
                ("date_undone", "=", False),
            ],
            # those who passed on what they had in trust get it back first
            order="id desc",
        )
        cron = self.env["ir.cron"]
        for left, batch in zip(range(len(batches), 0, -1), batches, strict=True):
            batch._return()
            if not cron._commit_progress(1, remaining=left - 1):
                break

    def _return(self):
        """Give back to the person what others had for him meanwhile.

        What is done stays with whoever did it; what has changed hands since is left
        alone and named to the person and to his leaders. What somebody is changing at
        this moment follows with the next run. Whoever does not work here any more gets
        nothing back.
        """
        self.ensure_one()
        person = self.person_id
        if not person.active:
            self.date_returned = fields.Datetime.now()
            return
        batch = self.create(
            {
                "kind": "return",
                "reason": self.reason,
                "company_id": self.company_id.id,
                "person_id": person.id,
            }
        )
        # first the documents: with a customer his activities go anyway
        left, waiting = self._give_back_documents(batch)
        customers, more_waiting = self._give_back_customers(batch)
        if not waiting + more_waiting:
            self.date_returned = fields.Datetime.now()
        names = [*customers.mapped("display_name"), *filter(None, left.mapped("name"))]
        batch._notify_handover(names)

    def _give_back_customers(self, batch):
        """Give the customers back.

        :return: `res.partner` who changed hands since, and how many wait because
            somebody is changing them
        """
        Assignment = self.env["crm.resource.assignment"]
        holders, expected = {}, {}
        for assignment in self.assignment_ids:
            customer = assignment.partner_id.id
            holders[customer] = Holder(
                assignment.user_from_id.id or None, assignment.team_from_id.id or None
            )
            expected[customer] = Holder(
                assignment.user_to_id.id or None, assignment.team_to_id.id or None
            )
        if not holders:
            return self.env["res.partner"], 0
        moved = Assignment._assign(holders, "return", self.reason, batch, expected)
        others = self.env["res.partner"].browse(holders.keys() - {*moved}).exists()
        held = others._get_holders()
        waiting = sum(held[customer] == expected[customer] for customer in held)
        changed = [
            customer
            for customer, holder in held.items()
            if holder.user != self.person_id.id and holder != expected[customer]
        ]
        return others.browse(changed), waiting

    def _give_back_documents(self, batch):
        """Give the documents back.

        :return: `crm.resource.batch.document` of those still to be done that somebody
            else has by now, and how many wait because somebody is changing them
        """
        Document = self.env["crm.resource.batch.document"]
        changed, waiting = Document, 0
        kinds = {k.key: k for k in self.env["res.users"]._get_handover_models()}
        for key, documents in self.document_ids.grouped("kind").items():
            kind = kinds.get(key)
            if not kind:
                continue
            moves = [
                Move(
                    document.res_id,
                    document.user_to_id.id,
                    document.user_from_id.id,
                    document.team_from_id.id or None,
                )
                for document in documents
            ]
            Document._pass(batch, kind, moves)
            among = Domain("id", "in", documents.mapped("res_id"))
            users = {d.id: d[kind.user] for d in Document._get_open(kind, among)}
            for document in documents.filtered(
                lambda d, users=users: d.res_id in users
            ):
                user = users[document.res_id]
                if user == document.user_to_id:
                    waiting += 1
                elif user != document.user_from_id:
                    changed |= document
        return changed, waiting

    def _undo_documents(self, batch=None):
        """Give the documents of the batch back to those who had them, where they are
        still to be done and nobody else has them by now.

        Call it before the customers go back: their activities go with them.

        :param batch: `crm.resource.batch` that keeps this, one of its own if None
        :return: `crm.resource.batch.document` that were left alone
        """
        self.ensure_one()
        if not self.document_ids:
            return self.document_ids
        batch = batch or self.create(
            {
                "kind": "undo",
                "reason": self.reason,
                "company_id": self.company_id.id,
                "person_id": self.person_id.id,
            }
        )
        return self._give_back_documents(batch)[0]

    # ------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------

    def _notify_handover(self, left):
        """Tell in one message each person what he got, and the leaders of whoever
        handed over, or got back, what went to whom.

        :param list left: the names of what was left alone
        """
        self.ensure_one()
        shares = self._get_shares()
        for user, share in shares.items():
            self._send_handover(
                user, {user: share}, left if user == self.person_id else []
            )
        leaders = self._get_leaders() - self.env["res.users"].browse(
            user.id for user in shares
        )
        for leader in leaders:
            self._send_handover(leader, shares, left)

    def _get_shares(self):
        """Return what each person got: the customers, and how many documents of each
        kind, by `res.users`."""
        shares = {}
        for user, customers in self.assignment_ids.grouped("user_to_id").items():
            shares[user] = {"customers": customers.partner_id, "documents": {}}
        for user, kind, count in self.env["crm.resource.batch.document"]._read_group(
            [("batch_id", "=", self.id)], ["user_to_id", "kind"], ["__count"]
        ):
            share = shares.setdefault(
                user, {"customers": self.env["res.partner"], "documents": {}}
            )
            share["documents"][kind] = count
        return shares

    def _get_leaders(self):
        """Return those who lead the person's departments."""
        # who is in which department is no secret
        teams = self.env["crm.team"].sudo()
        led = teams.search([("member_ids", "in", self.person_id.ids)])
        return led.user_id - self.person_id

    def _send_handover(self, user, shares, left):
        translated = self.with_context(lang=user.lang)
        labels = dict(translated.env["res.users"]._get_handover_kinds())
        subjects = {
            "hand_over": translated.env._("%(person)s handed over"),
            "substitute": translated.env._("%(person)s is stood in for"),
            "return": translated.env._("%(person)s is back"),
        }
        body = translated.env["ir.qweb"]._render(
            "crm_resource.handover_message",
            {
                "batch": translated,
                "shares": shares,
                "labels": labels,
                "left": left,
                "named": NAMED_IN_MESSAGE,
            },
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=subjects[self.kind] % {"person": self.person_id.name},
            body=body,
        )
