from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .res_partner import INTERNAL


class ResPartner(models.Model):
    """The customer's page: the figures on top of it, and what is done from it."""

    _inherit = "res.partner"

    page_figures = fields.Json(
        string="Figures",
        compute="_compute_page_figures",
        exportable=False,
        groups=INTERNAL,
        help="The figures on top of the page, see `_get_page_figures`.",
    )

    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_page_figures(self):
        """Read with the form: asked for by a request of its own, they would need the
        customer, his access and his currency once more."""
        for partner in self:
            # what is being edited is not on file yet
            partner.page_figures = partner.id and partner._get_shown_figures()

    def _check_page_access(self):
        """Check that the person is a colleague who reaches the customer.

        :raise AccessError: if not
        """
        self.ensure_one()
        if not self.env.user._is_internal():
            raise AccessError(
                self.env._("What is known of customers is for colleagues only.")
            )
        self.check_access("read")

    @api.readonly
    def get_page_figures(self):
        """Return the figures that the person may see, in the order of the page.

        :return: list of dicts, see `_get_page_figures`; empty if this is no customer
        """
        self._check_page_access()
        return self._get_shown_figures()

    def _get_shown_figures(self):
        if not self.customer_state:
            return []
        self.env.flush_all()
        user = self.env.user
        figures = [
            figure
            for figure in self._get_page_figures()
            if not figure.get("groups") or user.has_groups(figure["groups"])
        ]
        figures.sort(key=lambda figure: figure.get("sequence", 100))
        return [
            {name: value for name, value in figure.items() if name != "groups"}
            for figure in figures
        ]

    def _get_page_figures(self):
        """Hook: the figures on top of a customer's page.

        :return: list of dicts with the keys ``key``, ``sequence``, ``label``, ``kind``
            ("money", "number", "date", "text" or "percent"), ``value`` (percentages as
            shares of 1, dates as text) and, if it has them, ``currency_id``, ``trend``
            (a share of 1), ``note`` (small print), ``tone`` ("success", "warning",
            "danger"), ``action`` (the name of a method that opens what is behind it)
            and ``groups`` (those who see it, as in views)
        """
        self.ensure_one()
        family = self._get_family_query()
        return [
            *self._get_standing_figures(),
            self._get_sales_figure(),
            *self._get_opportunity_figures(family),
            *self._get_receivable_figures(family),
            *self._get_contact_figures(family),
        ]

    def _get_family_query(self):
        """Return the SELECT of the customer and his contacts, archived ones too:
        whoever reaches a customer reaches them, except those of companies that are not
        his."""
        self.flush_model(["commercial_partner_id", "company_id", "partner_share"])
        return SQL(
            """
            SELECT id FROM res_partner
             WHERE commercial_partner_id = %s
               AND (company_id IS NULL OR company_id = ANY(%s) OR NOT partner_share)
            """,
            self.id,
            self.env.companies.parent_ids.ids,
        )

    def _get_family(self):
        """Return the same as records."""
        rows = self.env.execute_query(self._get_family_query())
        return self.browse(partner for (partner,) in rows)

    # ------------------------------------------------------------
    # What is done from the page
    # ------------------------------------------------------------

    def action_send_customer_mail(self):
        """Open a mail to the customer."""
        return self._open_dialog(
            self.env._("Send Email"),
            "mail.compose.message",
            default_model=self._name,
            default_res_ids=self.ids,
            default_composition_mode="comment",
            default_partner_ids=self.ids,
        )

    def action_send_customer_sms(self):
        """Open a text message to the customer."""
        return self._open_dialog(
            self.env._("Send SMS"),
            "sms.composer",
            default_res_model=self._name,
            default_res_id=self.id,
            default_composition_mode="comment",
        )

    def action_log_call(self):
        """Open the record of a call."""
        return self._open_dialog(
            self.env._("Log a Call"), "crm.resource.call", default_partner_id=self.id
        )

    def action_new_meeting(self):
        """Open a new meeting with the customer."""
        people = self | self.env.user.partner_id
        return self._open_form(
            self.env._("New Meeting"),
            "calendar.event",
            default_partner_ids=people.ids,
            default_name=self.env._("Meeting with %(customer)s", customer=self.name),
        )

    def action_new_opportunity(self):
        """Open a new opportunity of the customer."""
        return self._open_form(
            self.env._("New Opportunity"),
            "crm.lead",
            default_type="opportunity",
            default_partner_id=self.id,
        )

    def action_new_quotation(self):
        """Open a new quotation for the customer."""
        return self._open_form(
            self.env._("New Quotation"), "sale.order", default_partner_id=self.id
        )

    def _open_dialog(self, name, model, **context):
        return {**self._open_form(name, model, **context), "target": "new"}

    def _open_form(self, name, model, **context):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "context": context,
        }
