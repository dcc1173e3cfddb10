from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmResourceCustomerEnrol(models.TransientModel):
    _name = "crm.resource.customer.enrol"
    _description = "Enrol Customers"

    source = fields.Selection(
        [
            ("order", "Contacts with sales orders"),
            ("invoice", "Contacts with customer invoices"),
            ("tag", "Contacts with a tag"),
            ("filter", "Contacts of a filter"),
            ("chosen", "Chosen contacts"),
        ],
        string="Whom",
        required=True,
        default="order",
    )
    date_from = fields.Date(
        string="Since", help="Only orders and invoices from this day on. Empty: all."
    )
    category_ids = fields.Many2many("res.partner.category", string="Tags")
    domain = fields.Char(default="[]")
    partner_ids = fields.Many2many("res.partner", string="Contacts")
    owner = fields.Selection(
        [
            ("keep", "The salesperson of the contact"),
            ("document", "The contact's, else that of the latest order or invoice"),
            ("user", "One salesperson for all"),
            ("none", "Nobody"),
        ],
        string="They Belong To",
        required=True,
        default="document",
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", domain=[("share", "=", False)]
    )
    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview")], default="choose"
    )
    line_ids = fields.One2many("crm.resource.customer.enrol.line", "enrol_id")
    customer_count = fields.Integer(compute="_compute_customer_count")

    @api.model
    def default_get(self, fields):
        """Contacts marked in a list are chosen."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            values["source"] = "chosen"
            values["partner_ids"] = self.env.context.get("active_ids", [])
        return values

    @api.depends("line_ids")
    def _compute_customer_count(self):
        for enrol in self:
            enrol.customer_count = sum(enrol.line_ids.mapped("customer_count"))

    def action_preview(self):
        """Show how many would be enrolled, and who would own them."""
        self.ensure_one()
        owners = self._get_owners()
        counts = {}
        for owner in owners.values():
            counts[owner] = counts.get(owner, 0) + 1
        self.sudo().line_ids.unlink()  # computed lines, which nobody may write
        self.sudo().line_ids.create(
            [
                {
                    "enrol_id": self.id,
                    "user_id": owner or False,
                    "customer_count": count,
                }
                for owner, count in counts.items()
            ]
        )
        self.state = "preview"
        return self._reopen()

    def action_back(self):
        """Return to the choice."""
        self.state = "choose"
        return self._reopen()

    def action_enrol(self):
        """Enrol them as approved customers.

        :raise UserError: if nobody is left to enrol
        """
        self.ensure_one()
        owners = self._get_owners()
        if not owners:
            raise UserError(
                self.env._(
                    "Nobody is left to enrol: all these contacts are customers "
                    "already, or none matches. Choose others."
                )
            )
        partners = self.env["res.partner"].browse(owners)
        partners._enrol_customers(owners)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.res_partner_action_customer"
            ),
            "domain": [("id", "in", partners.ids)],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enrol Customers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_owners(self):
        """Return who would be enrolled and his owner, a dict of ids."""
        self.ensure_one()
        chosen = self.env["res.partner"]._search(self._get_partner_domain())
        self.env.flush_all()
        owner = {
            "keep": SQL("customer.user_id"),
            "document": SQL("COALESCE(customer.user_id, latest.user_id)"),
            "user": SQL("%s", self.user_id.id or None),
            "none": SQL("NULL"),
        }[self.owner]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.id, %(owner)s
                  FROM res_partner customer
                  LEFT JOIN (%(latest)s) latest ON latest.partner_id = customer.id
                 WHERE customer.customer_state IS NULL AND customer.active
                   AND customer.id IN (
                       SELECT contact.commercial_partner_id
                         FROM res_partner contact
                        WHERE contact.id IN %(chosen)s)
                   AND customer.id NOT IN (SELECT partner_id FROM res_company)
                   AND customer.id NOT IN (
                       SELECT internal.partner_id FROM res_users internal
                        WHERE NOT internal.share)
                 ORDER BY customer.id
                """,
                owner=owner,
                latest=self._get_latest_owner(),
                chosen=chosen.subselect(),
            )
        )
        return dict(rows)

    def _get_partner_domain(self):
        """Return the domain of the contacts that are looked at."""
        if self.source == "tag":
            return Domain("category_id", "in", self.category_ids.ids)
        if self.source == "chosen":
            return Domain("id", "in", self.partner_ids.ids)
        if self.source == "filter":
            return self._get_filter_domain()
        if self.source == "order":
            return self._get_document_domain(
                "sale_order_ids", "date_order", Domain("state", "=", "sale")
            )
        return self._get_document_domain(
            "invoice_ids",
            "invoice_date",
            Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund")),
        )

    def _get_filter_domain(self):
        try:
            return Domain(literal_eval(self.domain or "[]"))
        except (ValueError, SyntaxError) as error:
            raise UserError(
                self.env._(
                    "The filter contains something that cannot be evaluated here: use "
                    "plain conditions on fields of the contact."
                )
            ) from error

    def _get_document_domain(self, field, date_field, domain):
        """Return the domain of contacts with such documents.

        The reviewer need not see the documents: he learns no more than that there are
        some in his companies.
        """
        domain &= Domain("company_id", "in", self.env.companies.ids)
        if self.date_from:
            domain &= Domain(date_field, ">=", self.date_from)
        return Domain(field, "any!", domain)

    def _get_latest_owner(self):
        """Return the SELECT of the salesperson of each customer's latest document."""
        return SQL(
            """
            SELECT DISTINCT ON (partner.commercial_partner_id)
                   partner.commercial_partner_id AS partner_id, document.user_id
              FROM (
                    SELECT partner_id, user_id, date_order AS date
                      FROM sale_order
                     WHERE user_id IS NOT NULL AND state = 'sale'
                 UNION ALL
                    SELECT partner_id, invoice_user_id, invoice_date
                      FROM account_move
                     WHERE invoice_user_id IS NOT NULL AND state = 'posted'
                       AND move_type IN ('out_invoice', 'out_refund')
                   ) document
              JOIN res_partner partner ON partner.id = document.partner_id
             ORDER BY partner.commercial_partner_id, document.date DESC
            """
        )


class CrmResourceCustomerEnrolLine(models.TransientModel):
    _name = "crm.resource.customer.enrol.line"
    _description = "Customers to Enrol by Owner"
    _order = "customer_count desc, id"

    enrol_id = fields.Many2one(
        "crm.resource.customer.enrol", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Salesperson")
    customer_count = fields.Integer(string="Customers")
