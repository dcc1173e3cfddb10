from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmResourceActorMixin(models.AbstractModel):
    """A numbered document on which its salesperson decides, and those above him."""

    _name = "crm.resource.actor.mixin"
    _description = "Document of a Person Who Decides on It"

    name = fields.Char(
        string="Number",
        required=True,
        readonly=True,
        copy=False,
        default="New",
    )
    is_actor = fields.Boolean(compute="_compute_is_actor")

    @api.depends("user_id", "team_id")
    @api.depends_context("uid")
    def _compute_is_actor(self):
        team = self.env["crm.team"]
        may_all = team._may_allocate_all()
        people = team._get_led_members() | self.env.user
        teams = team._get_led_teams()
        for document in self:
            document.is_actor = (
                may_all
                or document.user_id in people
                # which department it belongs to is no secret
                or document.sudo().team_id in teams
            )

    def _is_actor(self):
        """Return whether the person decides on the document: whose it is, the leaders
        above, and market staff."""
        return self.env.su or self.is_actor

    def _check_actor(self):
        """Check that the person decides on the documents.

        :raise AccessError: if one is the matter of others
        """
        for document in self:
            if not document._is_actor():
                raise AccessError(
                    self.env._(
                        "%(document)s is the matter of %(person)s, of his leaders and "
                        "of market staff: ask one of them.",
                        document=document.display_name,
                        # whose document it is is no secret to whoever sees it
                        person=document.sudo().user_id.name,
                    )
                )

    def _check_people(self):
        """Whoever enters a document for somebody else leads him, or is market staff.

        :raise AccessError: if he does not
        """
        team = self.env["crm.team"]
        if team._may_allocate_all():
            return
        # whose department the document is said to be of is the person's own word
        people = team._get_led_members() | self.env.user
        for document in self:
            if document.user_id not in people:
                raise AccessError(
                    self.env._(
                        "You enter this for yourself and for those whom you lead, not "
                        "for %(person)s: ask whoever leads him.",
                        person=document.user_id.name,
                    )
                )

    def _get_number(self):
        """Return the document's number, as its name shows it: none while it is new."""
        return self.name != "New" and self.name

    def _number(self):
        """Give documents the numbers of their companies."""
        for company, documents in self.grouped("company_id").items():
            new = documents.filtered(lambda document: document.name == "New")
            sequences = self.env["ir.sequence"].with_company(company)
            for document in new:
                # nobody writes it by himself
                document.sudo().name = sequences.next_by_code(self._name)

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _take_step(self, vals):
        """Write what nobody writes by himself."""
        # whoever calls has checked who takes the step, and from where
        self.sudo().write(vals)

    def _check_step(self, states):
        """Check that the person may take a step, and that it is one from here.

        :param states: keys of the states from which it is
        :raise AccessError: if it is the matter of others
        :raise UserError: if it is not possible from here
        """
        self.check_access("write")
        self._check_actor()
        names = dict(self._fields["state"]._description_selection(self.env))
        for document in self:
            if document.state not in states:
                raise UserError(
                    self.env._(
                        "%(document)s is “%(state)s”, and this is for what is "
                        "%(states)s: choose others, or set it back first.",
                        document=document.display_name,
                        state=names[document.state],
                        states=", ".join(f"“{names[state]}”" for state in states),
                    )
                )
