from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_resource_solution import STEP_FIELDS

# what was proposed stays as it was
SETTLED_FIELDS = {
    "company_id",
    "date",
    "lead_id",
    "line_ids",
    "partner_id",
    "pricelist_id",
    "proposal",
    "requirement",
}
# what those who decide on it change
ACTOR_FIELDS = SETTLED_FIELDS | {"subject", "team_id", "user_id"}
# what is computed, and is nobody's to say
DERIVED_FIELDS = {
    "amount_company",
    "amount_lines",
    "currency_id",
    "currency_rate",
    "volume",
}


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

    @api.model_create_multi
    def create(self, vals_list):
        """Number solutions; whoever enters one for somebody else leads him."""
        solutions = super().create([self._prepare_values(vals) for vals in vals_list])
        if not self.env.su:
            solutions._check_people()
        solutions._number()
        return solutions

    def write(self, vals):
        """As `create`; buttons say where a solution stands."""
        if self.env.su:
            return super().write(vals)
        self._check_written(vals)
        result = super().write(self._of_customer(vals))
        if "user_id" in vals:
            self._check_people()
        if "partner_id" in vals:
            # rules ask whose a record is before it is written
            self.check_access("write")
        return result

    @api.model
    def default_get(self, fields):
        """As `create`: whoever calls chooses the context."""
        values = super().default_get(fields)
        if not self.env.su:
            values |= {k: v for k, v in STEP_FIELDS.items() if k in values}
            values = {k: v for k, v in values.items() if k not in DERIVED_FIELDS}
            self._check_lead(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        """As `create`: the answer holds names."""
        values = {k: v for k, v in values.items() if k not in STEP_FIELDS}
        self._check_lead(values)
        return super().onchange(values, field_names, fields_spec)

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

    def _prepare_values(self, vals):
        if self.env.su:
            return self._of_customer(vals)
        self._check_lead(vals)
        values = {k: v for k, v in vals.items() if k not in DERIVED_FIELDS}
        return self._of_customer({**values, **STEP_FIELDS})

    def _check_written(self, vals):
        """Check that the person may write these values.

        :raise AccessError: if they follow from something else, or are others' matter
        :raise UserError: if the solution was proposed
        """
        if not (STEP_FIELDS.keys() | DERIVED_FIELDS).isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "Where a solution stands follows from its buttons, and its sums "
                    "from the products: use those."
                )
            )
        if not ACTOR_FIELDS.isdisjoint(vals):
            self._check_actor()
        self._check_lead(vals)
        for solution in self:
            if solution.state != "draft" and not SETTLED_FIELDS.isdisjoint(vals):
                raise UserError(
                    self.env._(
                        "%(solution)s was proposed: make a new version to change it, "
                        "or set it back to a draft.",
                        solution=solution.display_name,
                    )
                )
