from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class Move(NamedTuple):
    """A document that passes from one person to another: ids."""

    document: int
    user_from: int
    user_to: int
    team_to: int | None = None  # None: the department stays


def get_document_names(rows):
    """Return the names of the documents that rows are about, by row: of those which the
    person may read."""
    names = dict.fromkeys(rows, False)
    for model, named in rows.grouped("res_model").items():
        if model not in rows.env:
            continue
        documents = rows.env[model].browse(named.mapped("res_id")).exists()
        readable = documents._filtered_access("read")
        by_id = {document.id: document.display_name for document in readable}
        names.update((row, by_id.get(row.res_id, False)) for row in named)
    return names


class CrmResourceBatchDocument(models.Model):
    """A document that changed hands with a batch: what a return or an undo goes by."""

    _name = "crm.resource.batch.document"
    _description = "Document That Changed Hands"
    _log_access = False

    batch_id = fields.Many2one(
        "crm.resource.batch",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        lambda self: self.env["res.users"]._get_handover_kinds(),
        string="What",
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="Document", compute="_compute_name")
    user_from_id = fields.Many2one("res.users", string="Old Person", readonly=True)
    team_from_id = fields.Many2one("crm.team", string="Old Department", readonly=True)
    user_to_id = fields.Many2one("res.users", string="Person", readonly=True)
    team_to_id = fields.Many2one("crm.team", string="Department", readonly=True)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_name(self):
        names = get_document_names(self)
        for document in self:
            document.name = names[document]

    def action_open(self):
        """Open the document; its own rules say who may."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------
    # The way by which documents change hands
    # ------------------------------------------------------------

    @api.model
    def _get_open(self, kind, domain=Domain.TRUE):
        """Return the documents of a `HandoverKind` that are still to be done."""
        # whose they are is asked for; what they are about is shown by their own rules
        Model = self.env[kind.model].sudo()
        return Model.search(kind.domain & Domain(domain), order="id")

    @api.model
    def _pass(self, batch, kind, moves):
        """Give documents of one kind to other people, in one statement, and keep who
        had them.

        Left out are those that are done, that somebody else has by now, and that
        somebody is changing at this moment. Rights are the caller's matter.

        :param batch: `crm.resource.batch`
        :param kind: `HandoverKind`
        :param moves: list of `Move`
        :return: the ids of those that passed
        """
        self.env.flush_all()
        # what is open is a matter of the kind, not of the person
        Model = self.env[kind.model].sudo()
        team = SQL("document.%s", SQL.identifier(kind.team)) if kind.team else SQL()
        is_team_passed = kind.team and not kind.is_team_kept
        documents, olds, news, teams = zip(*moves, strict=True)
        rows = self.env.execute_query(
            SQL(
                """
                WITH move AS (
                    SELECT * FROM UNNEST(%(documents)s::int4[], %(olds)s::int4[],
                                         %(news)s::int4[], %(teams)s::int4[])
                                  move(id, old_id, new_id, team_id)
                ), held AS (
                    SELECT document.id, %(team)s AS team_id
                      FROM %(table)s document
                      JOIN move ON move.id = document.id
                       AND move.old_id = document.%(user)s
                     WHERE document.id IN %(open)s
                     ORDER BY document.id
                       FOR NO KEY UPDATE OF document SKIP LOCKED
                ), moved AS (
                    UPDATE %(table)s document
                       SET %(user)s = move.new_id, %(set_team)s
                           write_uid = %(uid)s, write_date = %(now)s
                      FROM held JOIN move USING (id)
                     WHERE document.id = held.id
                 RETURNING document.id, move.old_id, move.new_id,
                           held.team_id AS old_team_id, %(team)s AS new_team_id
                )
                INSERT INTO crm_resource_batch_document (
                    batch_id, kind, res_model, res_id,
                    user_from_id, user_to_id, team_from_id, team_to_id
                )
                SELECT %(batch)s, %(kind)s, %(model)s, id,
                       old_id, new_id, old_team_id, new_team_id
                  FROM moved
                 ORDER BY id
             RETURNING res_id, user_from_id, user_to_id
                """,
                documents=list(documents),
                olds=list(olds),
                news=list(news),
                teams=list(teams),
                table=SQL.identifier(Model._table),
                user=SQL.identifier(kind.user),
                team=team or SQL("NULL::int4"),
                set_team=SQL(
                    "%s = COALESCE(move.team_id, %s),", SQL.identifier(kind.team), team
                )
                if is_team_passed
                else SQL(),
                open=Model._search(kind.domain).subselect(),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                batch=batch.id,
                kind=kind.key,
                model=kind.model,
            )
        )
        people = {document: (old, new) for document, old, new in rows}
        moved = Model.browse(people)
        self._follow(moved, people)
        self._recompute(moved, kind)
        if kind.after and moved:
            getattr(moved, kind.after)(people)
        return moved.ids

    def _follow(self, documents, people):
        """Let the new people follow documents as the old ones did."""
        moves = SQL(
            """
            SELECT move.id, old.partner_id AS old_id, new.partner_id AS new_id
              FROM UNNEST(%s::int4[], %s::int4[], %s::int4[]) move(id, old_id, new_id)
              JOIN res_users old ON old.id = move.old_id
              JOIN res_users new ON new.id = move.new_id
            """,
            documents.ids,
            [people[document][0] for document in documents.ids],
            [people[document][1] for document in documents.ids],
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_followers follower
                 USING (%(moves)s) move
                 WHERE follower.res_model = %(model)s AND follower.res_id = move.id
                   AND follower.partner_id = move.old_id
                   AND EXISTS (SELECT FROM mail_followers other
                                WHERE other.res_model = %(model)s
                                  AND other.res_id = move.id
                                  AND other.partner_id = move.new_id)
                """,
                moves=moves,
                model=documents._name,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_followers follower SET partner_id = move.new_id
                  FROM (%(moves)s) move
                 WHERE follower.res_model = %(model)s AND follower.res_id = move.id
                   AND follower.partner_id = move.old_id
                """,
                moves=moves,
                model=documents._name,
            )
        )

    def _recompute(self, documents, kind):
        """Compute what depends on the person, as if each document had been written, but
        for the department, and without a word in each one's log."""
        self.env.invalidate_all(flush=False)
        documents = documents.with_context(tracking_disable=True)
        names = [kind.user, kind.team] if kind.team else [kind.user]
        kept = [documents._fields[kind.team]] if kind.team else []
        with self.env.protecting(kept, documents):
            documents.modified(names)
            documents.env.flush_all()
