from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class CrmResourceVisitMove(models.TransientModel):
    """Somebody else makes what a person has planned."""

    _name = "crm.resource.visit.move"
    _description = "Move Visits to a Substitute"

    visit_ids = fields.Many2many(
        "crm.resource.visit",
        "crm_resource_visit_move_rel",
        string="Visits",
        help="Empty: all that the person has planned for these days.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    date_from = fields.Date(string="From", default=fields.Date.context_today)
    date_to = fields.Date(string="Until", default=fields.Date.context_today)
    substitute_id = fields.Many2one(
        "res.users",
        required=True,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        ondelete="cascade",
    )

    @api.model
    def default_get(self, fields):
        """Take the visits that were chosen in a list."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "crm.resource.visit":
            values["visit_ids"] = [(6, 0, self.env.context.get("active_ids", []))]
        return values

    def action_move(self):
        """Move the visits, and tell the substitute.

        :raise UserError: if there are none
        """
        self.ensure_one()
        visits = self.visit_ids or self._get_visits_of_days()
        visits.check_access("read")
        if not visits:
            raise UserError(
                self.env._(
                    "Nothing is planned for these days: choose other days, or visits "
                    "in the list."
                )
            )
        visits._check_step(("planned",))
        self._check_substitute(visits.user_id)
        visits._move_to(self.substitute_id)
        return {"type": "ir.actions.act_window_close"}

    def _get_visits_of_days(self):
        if not (self.user_id and self.date_from and self.date_to):
            raise UserError(
                self.env._("Choose visits, or a person and the days of his visits.")
            )
        visits = self.env["crm.resource.visit"]
        return visits.search(
            Domain("user_id", "=", self.user_id.id)
            & Domain("state", "=", "planned")
            & visits._get_domain_of_days(
                visits._read_day(self.date_from), visits._read_day(self.date_to)
            )
        )

    def _check_substitute(self, people):
        """Whoever is told of customers is a colleague: of the same department, a
        substitute whom an absence names, or one whom a leader chooses.

        :raise AccessError: if he is not
        """
        user = self.env.user
        substitute = self.substitute_id
        if substitute.share or not substitute.active:
            raise UserError(
                self.env._(
                    "%(person)s does not work here: choose a colleague as substitute.",
                    person=substitute.name,
                )
            )
        if user.has_group("crm_resource.group_reviewer") or people <= (
            self.env["crm.team"]._get_led_members() - user
        ):
            return
        # who is in which department is no secret
        mates = user.sudo().crm_team_ids.member_ids
        named = self.env["crm.resource.absence"].search([("user_id", "in", people.ids)])
        if substitute not in mates | named.substitute_id:
            raise AccessError(
                self.env._(
                    "%(person)s is not of your department: choose somebody who is, or "
                    "ask your leader.",
                    person=substitute.name,
                )
            )
