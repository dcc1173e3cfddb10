from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """How a contact becomes a customer, and a plain contact again."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever is entered from an order, an invoice or an opportunity becomes a new
        customer, where the setting says so."""
        is_quick = (
            self.env.context.get("res_partner_search_mode") == "customer"
            and self.env.company.crm_is_quick_customer
        )
        if is_quick:
            vals_list = [
                vals if vals.get("parent_id") else {"customer_state": "new", **vals}
                for vals in vals_list
            ]
        return super().create(vals_list)

    @api.model
    def _get_import_context(self):
        """Return the context in which many customers are created at once: no message
        for each of them, their salespeople are told by one."""
        return {
            "mail_auto_subscribe_no_notify": True,
            "mail_create_nolog": True,
            "tracking_disable": True,
        }

    def _open_customer(self):
        """Give new customers what every customer has: a code, a date of registration, a
        standing, a place in the lifecycle, a level."""
        self._assign_customer_codes()
        unregistered = self.filtered(lambda p: not p.date_registered)
        self._write_customer_columns(
            "date_registered",
            # to the second, as whoever imports an export writes it
            dict.fromkeys(unregistered.ids, self.env.cr.now().replace(microsecond=0)),
            "timestamp",
        )
        standings = self.env["crm.resource.standing"]
        standings._open(self)
        standings._refresh_lifecycles(self)
        self._classify_customers()

    def _assign_customer_codes(self):
        """Give customers without a code the next free one of their company's scheme."""
        codes = {}
        lacking = self.filtered(lambda p: not p.customer_code)
        while lacking:
            codes.update({p.id: p._draw_customer_code() for p in lacking})
            taken = self._get_taken_codes([codes[p.id] for p in lacking])
            lacking = lacking.filtered(lambda p, taken=taken: codes[p.id] in taken)
        self._write_customer_columns("customer_code", codes, "varchar")

    def _draw_customer_code(self):
        company = self.company_id or self.env.company
        # everybody who may enter customers draws codes; the counter tells nothing
        sequence = self.env["ir.sequence"].sudo().with_company(company)
        number = sequence.next_by_code("crm.resource.customer")
        return company._get_customer_code(self, number)

    @api.model
    def _get_taken_codes(self, codes):
        """Return which of these codes somebody has already, archived ones included."""
        self.flush_model(["customer_code"])
        rows = self.env.execute_query(
            SQL(
                "SELECT customer_code FROM res_partner WHERE customer_code = ANY(%s)",
                codes,
            )
        )
        return {code for (code,) in rows}

    def _write_customer_columns(self, name, values, sql_type):
        """Write one column of many customers in one statement.

        `write` would synchronise the contacts of each of them for nothing: no contact
        shares these columns.
        """
        if not values:
            return
        self.flush_recordset([name])
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner partner SET %(column)s = new.value
                  FROM UNNEST(%(ids)s, %(values)s::%(type)s[]) new(id, value)
                 WHERE partner.id = new.id
                """,
                column=SQL.identifier(name),
                ids=list(values),
                values=list(values.values()),
                type=SQL(sql_type),
            )
        )
        self.invalidate_recordset([name])

    def _classify_customers(self):
        self.env["crm.resource.level.policy"]._classify_customers(self)

    def _enrol_customers(self, owners):
        """Make many contacts approved customers of given owners, without a message for
        each of them.

        :param dict owners: user id or None, by partner id
        """
        self._check_reviewer_access({"approved"})
        self._write_customer_columns("user_id", owners, "int4")
        self._write_customer_columns(
            "customer_state", dict.fromkeys(self.ids, "approved"), "varchar"
        )
        self._refresh_audiences(self)
        self._open_customer()
        self._log_holders({})

    def action_enrol_customer(self):
        """Make these contacts' commercial entities approved customers.

        :raise AccessError: if the user is no reviewer
        """
        self.commercial_partner_id.filtered(lambda p: not p.customer_state).write(
            {"customer_state": "approved"}
        )

    def _enrol_by_rule(self):
        """Make contacts' commercial entities customers because a rule says so; those
        who bring terms that nobody approved are reviewed first."""
        contacts = self.commercial_partner_id.filtered(lambda p: not p.customer_state)
        granted = contacts.filtered(
            lambda p: p.customer_discount or p.specific_property_product_pricelist
        )
        (contacts - granted).action_enrol_customer()
        granted.write({"customer_state": "submitted"})
        for partner in granted:
            partner._notify_reviewer()

    def action_release_customer(self):
        """Make these customers plain contacts again; what was logged about them stays.

        :raise AccessError: if the user is no reviewer
        """
        self.filtered("customer_state").write({"customer_state": False})
