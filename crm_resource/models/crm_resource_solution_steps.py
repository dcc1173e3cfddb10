from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourceSolution(models.Model):
    """From draft to accepted, rejected or withdrawn, and what people may enter."""

    _inherit = "crm.resource.solution"

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_propose(self):
        """Say that solutions were proposed to their customers.

        :raise UserError: if one proposes nothing
        """
        self._check_step(("draft",))
        empty = self.filtered(lambda solution: solution._is_empty())
        if empty:
            raise UserError(
                self.env._(
                    "Describe the solution, or choose its products, first: "
                    "%(solutions)s",
                    solutions=", ".join(empty.mapped("display_name")),
                )
            )
        today = fields.Date.context_today(self)
        self._take_step({"state": "proposed", "date_proposed": today})
        return True

    def action_accept(self):
        """Say that the customers accepted solutions."""
        return self._close(("proposed",), "accepted")

    def action_reject(self):
        """Say that the customers do not want solutions."""
        return self._close(("proposed",), "rejected")

    def action_withdraw(self):
        """Take solutions back."""
        return self._close(("draft", "proposed"), "withdrawn")

    def action_reset(self):
        """Set solutions back to drafts."""
        self._check_step(("proposed", "rejected", "withdrawn"))
        self._take_step(
            {"state": "draft", "date_proposed": False, "date_closed": False}
        )
        return True

    def _close(self, states, state):
        self._check_step(states)
        today = fields.Date.context_today(self)
        self._take_step({"state": state, "date_closed": today})
        return True

    def action_make_version(self):
        """Make a new version of a solution, and open it: the present one is kept as it
        was proposed."""
        self.ensure_one()
        self._check_step(("proposed", "accepted", "rejected", "withdrawn"))
        solution = self.copy()
        # where it comes from nobody says but this step
        solution.sudo().write(
            {
                "name": self.name,
                "previous_id": self.id,
                "version": self.version + 1,
            }
        )
        self._take_step({"state": "superseded"})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": solution.id,
            "views": [(False, "form")],
        }

    def action_make_quotation(self):
        """Make a quotation with all products of a solution, and open it.

        :raise UserError: if a line names no product
        """
        self.ensure_one()
        self._check_step(("proposed", "accepted"))
        self._check_products()
        order = self.env["sale.order"].create(
            {**self._prepare_quotation(), "origin": self.name}
        )
        return self._open_order(order)

    def action_make_forecast(self):
        """Open a new forecast with all products of a solution."""
        self.ensure_one()
        self._check_step(("proposed", "accepted"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Forecast"),
            "res_model": "crm.resource.forecast",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_lead_id": self.lead_id.id,
                "default_subject": self.subject,
                "default_user_id": self.user_id.id,
                "default_pricelist_id": self.pricelist_id.id,
                "default_line_ids": [
                    fields.Command.create(line._prepare_line())
                    for line in self.line_ids
                ],
            },
        }

    # ------------------------------------------------------------
    # What people enter
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        self._check_actor()
        for solution in self:
            if solution.date_proposed:
                raise UserError(
                    self.env._(
                        "%(solution)s was proposed to the customer, which is kept: "
                        "withdraw it instead.",
                        solution=solution.display_name,
                    )
                )

    def _get_step_message(self):
        return self.env._(
            "Where a solution stands follows from its buttons, and its sums from the "
            "products: use those."
        )

    def _get_settled_message(self):
        return self.env._(
            "%(solution)s was proposed: make a new version to change it, or set it "
            "back to a draft.",
            solution=self.display_name,
        )
