from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .crm_resource_assignment import Holder
from .res_partner import INTERNAL
from .res_partner_audience import ENTRY_STATES

# what only the ways between people and pools write
HELD_FIELDS = {"date_held_from", "date_hidden_before", "date_protected_to", "pool_id"}
HOLDER_FIELDS = {"pool_id", "team_id", "user_id"}


class ResPartner(models.Model):
    """Who has the customer, or in which pool he waits for somebody."""

    _inherit = "res.partner"

    pool_id = fields.Many2one(
        "crm.resource.pool",
        string="Public Pool",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=INTERNAL,
    )
    date_held_from = fields.Datetime(
        string="There Since",
        copy=False,
        readonly=True,
        groups=INTERNAL,
        help="Since when the customer is with this salesperson, department or pool.",
    )
    date_protected_to = fields.Date(
        string="Protected Until",
        copy=False,
        readonly=True,
        groups=INTERNAL,
        help="Up to this day the customer is not recalled.",
    )
    date_hidden_before = fields.Datetime(
        string="Past Hidden Before",
        copy=False,
        readonly=True,
        groups=INTERNAL,
        help="The salesperson does not see what was done before by others.",
    )
    is_giver = fields.Boolean(
        compute="_compute_is_giver",
        groups=INTERNAL,
        help="Whether the user may give the customer back to a pool.",
    )
    assignment_ids = fields.One2many(
        "crm.resource.assignment",
        "partner_id",
        string="Owner History",
        readonly=True,
        groups=INTERNAL,
    )

    _customer_hidden_idx = models.Index(
        "(user_id) WHERE date_hidden_before IS NOT NULL"
    )

    @api.depends("user_id", "team_id")
    @api.depends_context("uid")
    def _compute_is_giver(self):
        user = self.env.user
        own = self.filtered(lambda partner: partner.user_id == user)
        if user.has_group("crm_resource.group_reviewer"):
            own = self
        own.is_giver = True
        if not (others := self - own):
            return
        people = self.env["crm.team"]._get_led_members()
        teams = self.env["crm.team"]._get_led_teams()
        for partner in others:
            partner.is_giver = (
                partner.user_id in people
                or not partner.user_id
                and partner.team_id in teams
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Begin the history of new customers; nobody is entered into a pool."""
        now = fields.Datetime.now()
        partners = super().create(
            [
                {**vals, **dict.fromkeys(HELD_FIELDS, False), "date_held_from": now}
                for vals in vals_list
            ]
        )
        partners._log_holders({}, is_new=True)
        return partners

    def write(self, vals):
        """Keep who had the customer, and let only those who allocate change it.

        :raise AccessError: if the person may not
        """
        if not self.env.su:
            vals = self._drop_held_values(vals)
        counted = self._get_newly_counted(vals)
        if "customer_state" not in vals and HOLDER_FIELDS.isdisjoint(vals):
            result = super().write(vals)
            counted._check_holding()
            return result
        self._check_allocation_access(vals)
        # of all people; who may read contacts need not be able to read these
        held = self.sudo()._get_holders()
        if vals.get("user_id") and any(holder.pool for holder in held.values()):
            # whoever may give them to somebody takes them out of the pool
            super(ResPartner, self.sudo()).write({"pool_id": False})
        result = super().write(vals)
        self._log_holders(held)
        counted._check_holding()
        return result

    def _drop_held_values(self, vals):
        """Return the values without those that only other ways write: a merge writes
        again what is there.

        :raise AccessError: if one of them is to change
        """
        for name in HELD_FIELDS & vals.keys():
            current = self.mapped(lambda c, name=name: getattr(c[name], "id", c[name]))
            if not vals[name] or any(value != vals[name] for value in current):
                raise AccessError(
                    self.env._(
                        "Customers come to a pool and leave it, and are protected, by "
                        "the buttons for that only: use these."
                    )
                )
        return {name: vals[name] for name in vals if name not in HELD_FIELDS}

    def unlink(self):
        """The history, which has no foreign key, goes with the customer."""
        ids = self.ids
        result = super().unlink()
        self.env.cr.execute(
            SQL("DELETE FROM crm_resource_assignment WHERE partner_id = ANY(%s)", ids)
        )
        self.env["crm.resource.assignment"].invalidate_model(flush=False)
        return result

    def _get_holders(self):
        """Return who has these customers: `Holder` by id."""
        return {
            partner.id: Holder(
                partner.user_id.id or None,
                partner.team_id.id or None,
                partner.pool_id.id or None,
            )
            for partner in self
            if partner.customer_state
        }

    def _log_holders(self, held, is_new=False):
        """Keep the changes that people made by hand.

        :param dict held: `Holder` before, by id; those who were no customers miss
        :param bool is_new: whether the customers were created just now
        """
        Assignment = self.env["crm.resource.assignment"]
        # who has customers is kept whoever may read it
        holders = self.sudo()._get_holders()
        entered = [key for key in holders if key not in held]
        edited = [key for key in holders if held.get(key, holders[key]) != holders[key]]
        if not entered and not edited:
            return
        self.env.flush_all()
        for kind, moved in (("entry", entered), ("edit", edited)):
            if not moved:
                continue
            olds = [held.get(key, Holder()) for key in moved]
            news = [holders[key] for key in moved]
            self.env["crm.resource.holder"]._reserve(new.user for new in news)
            if not is_new:
                Assignment._write_holders(moved, news)
                Assignment._pass_on(moved, olds, news)
            Assignment._log(moved, olds, news, kind)
        if not is_new:
            self.env.invalidate_all(flush=False)
        if not self.env.su:
            self.browse(entered + edited)._check_holding()

    def _get_newly_counted(self, vals):
        """Return the customers who will count for a limit for which they did not."""
        if self.env.su or not (vals.get("active") or "company_id" in vals):
            return self.browse()

        def is_new(customer):
            company = customer.company_id.id
            is_moved = vals.get("company_id", company) != company
            return is_moved or vals.get("active") and not customer.active

        # limits are no secret; whose customers are counted is not shown
        return self.sudo().filtered("customer_state").filtered(is_new)

    def _check_holding(self):
        """Check that nobody was given more customers than he may have.

        :raise UserError: if somebody was
        """
        # limits are no secret; whose customers are counted is not shown
        customers = self.sudo().filtered("user_id")
        for company, group in customers.grouped("company_id").items():
            self.env["crm.resource.holding.limit"].sudo()._check_held(
                group.user_id, company or self.env.company
            )

    def action_protect(self):
        """Keep the user's own customers from recall for the days that the company
        allows, as long as he has room for protected ones.

        :raise AccessError: if a customer is not his
        :raise UserError: if he has no room for that many
        """
        user = self.env.user
        for customer in self:
            customer.check_access("write")
            if customer.user_id != user or not customer.customer_state:
                raise AccessError(
                    self.env._(
                        "%(customer)s is not yours: everybody protects his own "
                        "customers.",
                        customer=customer.name,
                    )
                )
        self.env["crm.resource.holder"]._reserve(user.ids)
        for company, customers in self.grouped("company_id").items():
            company = company or self.env.company
            today = company._get_today()
            # who may protect his customers may write that, and no more of it
            customers.sudo().date_protected_to = today + timedelta(
                days=company.crm_protection_days
            )
            # limits are no secret
            limits = self.env["crm.resource.holding.limit"].sudo()
            limits._check_protected(user, company, today)

    def _check_allocation_access(self, vals):
        """Check that the person may give these customers to whom he names.

        Market staff and those who reach all documents may give them to everybody, the
        leader of a department what he reaches to his own people; until a customer is
        approved, whoever enters him says whose he is.

        :raise AccessError: if he may not
        """
        user = self.env.user
        names = {"team_id", "user_id"} & vals.keys()
        if (
            not names
            or self.env.su
            or user.has_group("sales_team.group_sale_salesman_all_leads")
            or user.has_group("crm_resource.group_reviewer")
            # whether our rules hold is no secret
            or not self.env["crm.resource.audience"].sudo()._is_enforced()
        ):
            return
        # whom it is about decides, whether the person may read it or not
        changed = self.sudo().filtered(
            lambda partner: (
                partner.customer_state
                and not partner._is_being_entered()
                and any(partner[name].id != (vals[name] or False) for name in names)
            )
        )
        if not changed:
            return
        teams = self.env["crm.team"]._get_led_teams()
        people = self.env["crm.team"]._get_led_members() | user
        if (
            not teams
            # to help with a customer of others is not to have him
            or any(c.team_id not in teams and c.user_id not in people for c in changed)
            or not {vals.get("user_id") or False} <= {*people.ids, False}
            or not {vals.get("team_id") or False} <= {*teams.ids, False}
        ):
            raise AccessError(
                self.env._(
                    "%(customer)s is allocated by market staff, or by the leader of "
                    "his department to its own people: ask one of them.",
                    customer=changed[0].name,
                )
            )

    def _is_being_entered(self):
        """Return whether the customer was never approved, and waits in no pool."""
        return (
            self.customer_state in ENTRY_STATES
            and not self.approved_values
            and not self.pool_id
        )
