from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, float_compare, ormcache

from .crm_resource_sales import SALES_BASIS

# which policy leads follows from these
LEADING_FIELDS = {"active", "company_id", "currency_id", "is_leading"}


class CrmResourceLevelPolicy(models.Model):
    _name = "crm.resource.level.policy"
    _description = "Customer Level Policy"
    _inherit = [
        "mail.thread",
        "crm.resource.import.mixin",
        "crm.resource.measure.mixin",
    ]
    _order = "is_leading desc, sequence, id"

    name = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)
    company_id = fields.Many2one(
        tracking=True,
        help="The policy is for the customers of this company. Empty: it is for shared "
        "customers and for companies without a leading policy of their own.",
    )
    is_leading = fields.Boolean(
        string="Leading",
        tracking=True,
        help="The leading policy gives the level of the customers, the others give "
        "further grades.",
    )
    criterion = fields.Selection(
        [
            ("amount", "Sales"),
            ("share", "Share of the purchasing power"),
            ("manual", "By hand"),
        ],
        required=True,
        default="amount",
        tracking=True,
    )
    basis = fields.Selection(
        SALES_BASIS,
        string="Sales Are",
        tracking=True,
        help="Empty: what the settings of each company say.",
    )
    period = fields.Selection(
        [
            ("rolling", "The last 12 months"),
            ("year", "This calendar year"),
            ("previous", "The previous calendar year"),
        ],
        required=True,
        default="rolling",
        tracking=True,
    )
    currency_id = fields.Many2one(tracking=True)
    level_ids = fields.One2many(
        "crm.resource.level", "policy_id", string="Levels", copy=True
    )
    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )

    _leading_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE is_leading AND active",
        "There is a leading policy for this company already: let that one go first.",
    )

    @api.depends("level_ids")
    def _compute_customer_count(self):
        """Of those the reader may see."""
        for policy in self:
            policy.customer_count = self.env["res.partner"].search_count(
                policy._get_customer_domain()
            )

    @api.constrains("level_ids", "criterion", "active")
    def _check_level_ids(self):
        """An archived policy may be incomplete: it is being drawn up."""
        for policy in self:
            if policy.active and policy.criterion != "manual":
                policy._check_limits()

    def _check_limits(self):
        """Every figure must fall into exactly one level."""
        self.ensure_one()
        if not self.level_ids:
            raise ValidationError(
                self.env._("%(policy)s needs at least one level.", policy=self.name)
            )
        levels = self._get_levels_upwards()
        for level in levels:
            if level.limit_to and level.limit_to <= level.limit_from:
                raise ValidationError(
                    self.env._(
                        "Level %(level)s ends at %(end)s, before it begins: correct "
                        "its limits.",
                        level=level.name,
                        end=level.limit_to,
                    )
                )
        if levels[0].limit_from > 0:
            raise ValidationError(
                self.env._(
                    "Nothing lies below level %(level)s, which begins at %(begin)s: "
                    "let the lowest level begin at 0.",
                    level=levels[0].name,
                    begin=levels[0].limit_from,
                )
            )
        for lower, upper in zip(levels, levels[1:], strict=False):
            self._check_border(lower, upper)
        if levels[-1].limit_to:
            raise ValidationError(
                self.env._(
                    "Nothing lies above level %(level)s, which ends at %(end)s: let "
                    "the highest level end at 0, which means without an end.",
                    level=levels[-1].name,
                    end=levels[-1].limit_to,
                )
            )

    def _check_border(self, lower, upper):
        order = float_compare(lower.limit_to, upper.limit_from, precision_digits=2)
        values = {
            "lower": lower.name,
            "upper": upper.name,
            "end": lower.limit_to,
            "begin": upper.limit_from,
        }
        if not lower.limit_to or order > 0:
            raise ValidationError(
                self.env._(
                    "Levels %(lower)s and %(upper)s overlap: the first must end where "
                    "the second begins, at %(begin)s.",
                    **values,
                )
            )
        if order < 0:
            raise ValidationError(
                self.env._(
                    "There is a gap between levels %(lower)s, which ends at %(end)s, "
                    "and %(upper)s, which begins at %(begin)s: let them meet.",
                    **values,
                )
            )

    def copy_data(self, default=None):
        """A copy never leads: two leading policies would be refused."""
        return [
            {**values, "is_leading": False} for values in super().copy_data(default)
        ]

    @api.model_create_multi
    def create(self, vals_list):
        """Another policy may lead from now on."""
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        """As `create`."""
        result = super().write(vals)
        if not LEADING_FIELDS.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        """The policy's levels, grades and history go with it."""
        ids = self.ids
        self.level_ids.unlink()
        result = super().unlink()
        self.env.registry.clear_cache()
        for model in ("crm.resource.grade", "crm.resource.level.change"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE policy_id = ANY(%s)",
                    SQL.identifier(self.env[model]._table),
                    ids,
                )
            )
        self.env.invalidate_all(flush=False)
        return result

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    @api.readonly
    def action_preview(self):
        """Open the dialog that shows who would move."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_level_classify_action"
            ),
            "context": {"default_policy_id": self.id},
        }

    @api.readonly
    def action_open_changes(self):
        """Open the changes of levels this policy made."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_level_change_action"
            ),
            "domain": [("policy_id", "=", self.id)],
        }

    @api.readonly
    def action_open_customers(self):
        """Open the customers this policy is for."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.res_partner_action_customer"
            ),
            "domain": self._get_customer_domain(),
        }

    # ------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------

    def _get_levels_upwards(self):
        self.ensure_one()
        return self.level_ids.sorted(lambda level: (level.limit_from, level.limit_to))

    def _get_window(self, date):
        """Return the first and the last day whose sales count on ``date``."""
        self.ensure_one()
        if self.period == "rolling":
            return date - relativedelta(months=12) + relativedelta(days=1), date
        if self.period == "year":
            return date.replace(month=1, day=1), date
        return (
            date.replace(year=date.year - 1, month=1, day=1),
            date.replace(year=date.year - 1, month=12, day=31),
        )

    def _get_customer_domain(self):
        """Return the domain of the customers this policy is for."""
        self.ensure_one()
        domain = [("customer_state", "!=", False)]
        if self.company_id:
            return [*domain, ("company_id", "=", self.company_id.id)]
        if self.is_leading:
            return [*domain, ("company_id", "not in", self._get_led_companies().ids)]
        return domain

    @api.model
    def _get_led_companies(self):
        """Return the companies that have a leading policy of their own."""
        # which policy leads where is no secret
        return self.sudo().search([("is_leading", "=", True)]).company_id

    @api.model
    def _get_leading(self, company):
        """Return the policy that gives the level of a company's customers.

        :param company: `res.company` record, empty for shared customers
        """
        policy, _currency = self._get_leading_ids(company.id)
        # which policy leads is no secret
        return self.sudo().browse(policy)

    @api.model
    def _get_leading_currency(self, company):
        """Return the currency of that policy."""
        _policy, currency = self._get_leading_ids(company.id)
        return self.env["res.currency"].browse(currency)

    @api.model
    @ormcache("company_id")
    def _get_leading_ids(self, company_id):
        policies = self.sudo().search(  # as above
            [("is_leading", "=", True), ("company_id", "in", (company_id, False))]
        )
        leading = policies.sorted(lambda policy: not policy.company_id)[:1]
        return leading.id, leading.currency_id.id
