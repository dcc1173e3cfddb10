from odoo import api, fields, models


class CrmResourceCustomerMixin(models.AbstractModel):
    """A numbered document about a customer, of the person who looks after him: his
    past, as a claimer may not see it."""

    _name = "crm.resource.customer.mixin"
    _description = "Document About a Customer"
    _inherit = [
        "crm.resource.actor.mixin",
        "crm.resource.document.mixin",
        "crm.resource.past.mixin",
    ]
    _past_dates = ("create_date",)
    _past_user = "user_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="restrict",
        check_company=True,
        tracking=True,
        index=True,
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Department",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )

    @api.depends("partner_id")
    def _compute_company_id(self):
        for document in self:
            document.company_id = (
                document.partner_id.company_id
                or document.company_id
                or self.env.company
            )

    @api.depends("user_id", "partner_id")
    def _compute_team_id(self):
        for document in self:
            # in which department somebody works is no secret
            team = (
                document.user_id.sudo().sale_team_id
                or document.partner_id.sudo().team_id
            )
            fits = team.company_id <= document.company_id
            document.team_id = fits and team.with_env(self.env)

    @api.model
    def _of_customer(self, vals):
        """Return values that name the customer, not the contact who stands for him.

        :raise AccessError: if the person does not reach him
        """
        partner = self.env["res.partner"].browse(vals.get("partner_id") or ())
        if not partner:
            return vals
        partner.check_access("read")
        # whose contact somebody is is no secret to whoever reads him
        return {**vals, "partner_id": partner.sudo().commercial_partner_id.id}
