from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmResourceCompetitorEncounter(models.Model):
    """Where we met a competitor, and who won."""

    _name = "crm.resource.competitor.encounter"
    _description = "Encounter With a Competitor"
    _inherit = "crm.resource.past.mixin"
    _past_dates = ("date", "create_date")
    _past_user = "user_id"
    _order = "date desc, id desc"
    _rec_name = "competitor_id"

    competitor_id = fields.Many2one(
        "crm.resource.competitor", required=True, index=True, ondelete="restrict"
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        index="btree_not_null",
        ondelete="cascade",
        context={"active_test": False},
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    outcome = fields.Selection(
        [
            ("open", "Open"),
            ("won", "We won"),
            ("lost", "The competitor won"),
            ("other", "Somebody else won"),
        ],
        required=True,
        default="open",
    )
    reason_id = fields.Many2one("crm.lost.reason", index="btree_not_null")
    note = fields.Text()
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    price = fields.Monetary(string="Their Price")

    _lead_competitor_unique = models.UniqueIndex(
        "(lead_id, competitor_id) WHERE lead_id IS NOT NULL",
        "This competitor was met at this opportunity already: change that encounter.",
    )
    _check_price = models.Constraint(
        "CHECK(price >= 0)", "A price cannot be negative: correct it."
    )

    @api.depends("lead_id.partner_id")
    def _compute_partner_id(self):
        for encounter in self:
            partner = encounter.lead_id.partner_id.commercial_partner_id
            if encounter.lead_id:
                encounter.partner_id = partner

    @api.depends("lead_id.company_id", "partner_id.company_id")
    def _compute_company_id(self):
        for encounter in self:
            encounter.company_id = (
                encounter.lead_id.company_id or encounter.partner_id.company_id
            )

    @api.constrains("lead_id", "partner_id")
    def _check_place(self):
        for encounter in self:
            if not encounter.lead_id and not encounter.partner_id:
                raise ValidationError(
                    self.env._(
                        "Say where you met the competitor: at which customer, or at "
                        "which opportunity."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever enters it is its author, and reaches where it was."""
        if not self.env.su:
            vals_list = [{**vals, "user_id": self.env.uid} for vals in vals_list]
            # before a refusal could tell what is there already
            for name in ("lead_id", "partner_id"):
                places = self.env[self._fields[name].comodel_name].browse(
                    {vals[name] for vals in vals_list if vals.get(name)}
                )
                places.check_access("read")
        encounters = super().create(vals_list)
        if not self.env.su:  # the context may have named others
            for name in ("competitor_id", "lead_id", "partner_id"):
                encounters[name].check_access("read")
        return encounters

    def write(self, vals):
        """An encounter stays where it was: the rules look at what was there before.

        :raise UserError: if it shall be another place or author
        """
        fixed = {"lead_id", "partner_id", "user_id"} & vals.keys()
        if not self.env.su and any(
            encounter[name].id != (vals[name] or False)
            for encounter in self
            for name in fixed
        ):
            raise UserError(
                self.env._("Delete this encounter, and enter it where it was.")
            )
        return super().write(vals)
