from collections.abc import Callable
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain


def get_partners(documents):
    """Return the partners of documents that name theirs as most do, by document."""
    return {document: document.partner_id for document in documents}


class HandoverKind(NamedTuple):
    """One kind of what a person has and another can take over."""

    key: str
    label: str
    model: str
    domain: Domain = Domain.TRUE  # what is still to be done, and therefore passes
    user: str = "user_id"  # the field that names the person
    team: str | None = None  # the field that names his department
    is_team_kept: bool = (
        False  # past figures stay with the department they were made in
    )
    # the partners of each record: it goes to whom the first customer among them goes
    get_partners: Callable = get_partners
    # a method of the model for what changes with the person; it is called on what
    # passed with the ids of the old and the new person by id of the record
    after: str | None = None


class ResUsers(models.Model):
    """What a person has passes to others before he leaves."""

    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        """Hook: what passes to somebody else when a person hands over.

        To add a kind, extend the list by a `HandoverKind` with a key of its own. Its
        model needs nothing for that but the field that names the person. Customers pass
        by `crm.resource.assignment`, all others in one statement for each kind, which
        bypasses ``write``: stored fields that depend on the person or his department
        are computed again, followers change, and ``after`` does what remains.

        Quotations, leads and opportunities go to the successor's department, as their
        turnover will be its own. Confirmed orders stay in theirs: what was sold remains
        its turnover. Invoices do not pass at all. Churn cases go with their customers;
        what somebody did to keep them, what was done in care, and his pins stay his.

        :return: list of `HandoverKind`
        """
        is_private = Domain("privacy", "=", "private") | (
            Domain("privacy", "=", False)
            & Domain(
                "user_id.res_users_settings_ids.calendar_default_privacy",
                "=",
                "private",
            )
        )
        return [
            HandoverKind(
                "customer",
                self.env._("Customers"),
                "res.partner",
                Domain("customer_state", "!=", False)
                & Domain("active", "in", [True, False]),
                team="team_id",
                get_partners=lambda customers: {c: c for c in customers},
            ),
            HandoverKind(
                "lead",
                self.env._("Leads and Opportunities"),
                "crm.lead",
                Domain("won_status", "=", "pending") & Domain("active", "=", True),
                team="team_id",
                after="_keep_assigner",
            ),
            HandoverKind(
                "quotation",
                self.env._("Quotations"),
                "sale.order",
                Domain("state", "in", ["draft", "sent"]),
                team="team_id",
            ),
            HandoverKind(
                "order",
                self.env._("Orders to Invoice"),
                "sale.order",
                Domain("state", "=", "sale")
                & Domain("invoice_status", "!=", "invoiced"),
                team="team_id",
                is_team_kept=True,
            ),
            HandoverKind(
                "activity",
                self.env._("Activities"),
                "mail.activity",
                Domain("active", "=", True),
                get_partners=lambda activities: activities._get_document_partners(),
            ),
            HandoverKind(
                "event",
                self.env._("Meetings to Come"),
                "calendar.event",
                Domain("stop", ">=", "now") & Domain("active", "=", True) & ~is_private,
                get_partners=lambda events: {e: e.partner_ids for e in events},
                after="_replace_attendees",
            ),
            HandoverKind(
                "evaluation",
                self.env._("Evaluations to Fill In"),
                "crm.resource.evaluation",
                Domain("state", "in", ["draft", "progress"]),
                user="evaluator_id",
            ),
        ]

    @api.model
    def _get_handover_kinds(self):
        """Return what is in the hook as a selection."""
        return [(kind.key, kind.label) for kind in self._get_handover_models()]

    def write(self, vals):
        """Whoever still has customers is not archived before he hands them over."""
        if "active" in vals and not vals["active"]:
            self.filtered("active")._check_handed_over()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_has_customers(self):
        self._check_handed_over()

    def _check_handed_over(self):
        """Check that these people have no customers any more.

        That holds for everybody, for code that runs as superuser, too: whoever archives
        people by a script hands over by a script. There is no way around it, lest it be
        one for those who call from outside as well.

        :raise RedirectWarning: if one has, with a button to the hand-over for those who
            may hand over
        """
        # of all companies, whether the person who archives sees the customers or not
        Partner = self.env["res.partner"].sudo()
        counts = Partner.with_context(active_test=False)._read_group(
            [("customer_state", "!=", False), ("user_id", "in", self.ids)],
            ["user_id"],
            ["__count"],
            order="user_id",
        )
        if not counts:
            return
        person, count = counts[0]
        if not self.env["crm.resource.handover"].has_access("create"):
            raise UserError(
                self.env._(
                    "%(person)s still has %(count)s customers: ask market staff or a "
                    "sales administrator to hand them over to colleagues first.",
                    person=person.name,
                    count=count,
                )
            )
        raise RedirectWarning(
            self.env._(
                "%(person)s still has %(count)s customers: hand them over to "
                "colleagues first, with the open work.",
                person=person.name,
                count=count,
            ),
            self.env.ref("crm_resource.crm_resource_handover_action").id,
            self.env._("Hand Over"),
            {"default_user_id": person.id},
        )
