from odoo import api, fields, models
from odoo.fields import Domain

# what a strategy may be for, and where customers hold it
KINDS = {
    "industry_ids": "industry_id",
    "level_ids": "level_id",
    "type_ids": "customer_type_id",
}


class CrmResourceStrategy(models.Model):
    """How customers of a kind are won and kept."""

    _name = "crm.resource.strategy"
    _description = "Customer Strategy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    level_ids = fields.Many2many("crm.resource.level", string="Customer Levels")
    region_ids = fields.Many2many(
        "crm.resource.region",
        string="Regions",
        help="With the regions below them.",
    )
    industry_ids = fields.Many2many("res.partner.industry", string="Industries")
    type_ids = fields.Many2many(
        "crm.resource.dictionary",
        string="Customer Types",
        domain=[("kind", "=", "type")],
    )
    text = fields.Html(
        string="Strategy", translate=True, help="What is done for such customers."
    )

    @api.model
    def _get_customer_domain(self, partner):
        """Return the domain of the strategies for a customer: whatever a strategy does
        not name, it does not depend on.

        :param partner: `res.partner`
        """
        customer = partner.commercial_partner_id
        companies = customer.company_id or self.env.companies
        domain = Domain("company_id", "in", [False, *companies.ids])
        for name, field in KINDS.items():
            domain &= Domain(name, "=", False) | Domain(name, "in", customer[field].ids)
        region = customer.region_id
        above = map(int, (region.parent_path or "").split("/")[:-1])
        return domain & (
            Domain("region_ids", "=", False) | Domain("region_ids", "in", [*above])
        )
