from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

# what only checking in and out writes
CHECK_FIELDS = {"is_short": False, "position_ids": False}
# metres: less sure positions fix nobody's place
SURE = 200


class CrmResourceVisit(models.Model):
    """Where a visit took place, how far that is from the customer, and how long it
    lasted: what is unusual is marked, and never refused."""

    _inherit = "crm.resource.visit"
    _reach_partners = ("partner_id", "address_id")

    address_id = fields.Many2one(
        "res.partner",
        string="Visited Address",
        domain="[('commercial_partner_id', '=', partner_id)]",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: the customer's own.",
    )
    position_ids = fields.One2many(
        "crm.resource.visit.position", "visit_id", string="Positions", copy=False
    )
    is_short = fields.Boolean(
        string="Very Short",
        readonly=True,
        copy=False,
        help="Checked out sooner after the check-in than the settings expect.",
    )
    place_url = fields.Char(string="Map", compute="_compute_place_url")
    may_take_place = fields.Boolean(compute="_compute_may_take_place")

    @api.depends("partner_id", "address_id")
    def _compute_place_url(self):
        for visit in self:
            # whoever sees the visit sees where it leads
            visit.place_url = visit._get_address().sudo().map_url

    @api.depends("partner_id", "address_id", "position_ids")
    @api.depends_context("uid")
    def _compute_may_take_place(self):
        for visit in self:
            address = visit._get_address()
            visit.may_take_place = (
                # whether it is known where he is is no secret
                not address.sudo()._get_place()
                and visit._get_sure_position()
                and visit.company_id.crm_visit_place != "never"
                and address.has_access("write")
            )

    @api.constrains("partner_id", "address_id")
    def _check_address(self):
        for visit in self:
            # whatever belongs to the customer does so for everybody
            address = visit.sudo().address_id
            if address and address.commercial_partner_id != visit.sudo().partner_id:
                raise ValidationError(
                    self.env._(
                        "%(address)s is no address of %(customer)s: choose one of his.",
                        address=address.display_name,
                        # whoever sees the visit sees whom it is about
                        customer=visit.sudo().partner_id.name,
                    )
                )

    @api.onchange("partner_id")
    def _onchange_partner_id_address(self):
        if self.address_id.commercial_partner_id != self.partner_id:
            self.address_id = False

    def action_take_place(self):
        """Have the customer where the person was who checked in.

        :raise UserError: if it is known already where he is, or not sure enough
        """
        self.ensure_one()
        if not self._is_actor():
            raise AccessError(
                self.env._(
                    "This is for those who decide on the visit: its person, his "
                    "leaders and market staff."
                )
            )
        position = self._get_sure_position()
        if not position:
            raise UserError(
                self.env._(
                    "Nobody checked in here with a position that is sure within "
                    "%(metres)s m: check in at the customer first.",
                    metres=SURE,
                )
            )
        self._get_address()._take_place(position)
        return True

    def action_check_in(self, position=None):
        """As there; the first visit may say where the customer is."""
        result = super().action_check_in(position)
        for visit in self:
            if visit.company_id.crm_visit_place == "auto" and visit.may_take_place:
                visit._take_place_if_allowed()
        return result

    def _take_place_if_allowed(self):
        """Have the customer where the person is: to check in, he need not be allowed
        to."""
        try:
            with self.env.cr.savepoint():
                self._get_address()._take_place(self._get_sure_position())
                self.env.flush_all()
        except (AccessError, UserError):
            self.env.invalidate_all(flush=False)

    def _get_address(self):
        """Return who is visited where: the customer, or one of his addresses."""
        return self.address_id or self.partner_id

    def _get_sure_position(self):
        """Return where somebody checked in if that may be where the customer is."""
        return self.position_ids.filtered(
            lambda p: p.moment == "in" and p.mode == "gps" and p.accuracy <= SURE
        )[:1]

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    @api.model
    def _get_step_values(self):
        return {**super()._get_step_values(), **CHECK_FIELDS}

    def _get_plan_values(self):
        return {
            **super()._get_plan_values(),
            "is_short": False,
            "position_ids": [Command.clear()],
        }

    def _get_position_values(self, moment, position):
        values = super()._get_position_values(moment, position)
        company = self.company_id
        place = self.env["crm.resource.visit.position"]._prepare_position(
            position,
            # where he is need not be secret from whoever goes there
            self._get_address().sudo(),
            company.crm_visit_radius,
        )
        if moment == "out":
            values["is_short"] = self._is_short(fields.Datetime.now())
        # nobody else writes positions, and there is one of each moment
        before = self.sudo().position_ids.filtered(lambda p: p.moment == moment)
        values["position_ids"] = [
            *(Command.delete(old.id) for old in before),
            Command.create({"moment": moment, "user_id": self.env.uid, **place}),
        ]
        return values

    def _is_short(self, end):
        """Return whether the visit is shorter than the company expects."""
        lasted = (end - self.date_check_in).total_seconds() / 60
        return lasted < self.company_id.crm_visit_min_minutes
