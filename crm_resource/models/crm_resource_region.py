from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmResourceRegion(models.Model):
    _name = "crm.resource.region"
    _description = "Market Area"
    _inherit = "crm.resource.import.mixin"
    _parent_store = True
    _parent_name = "parent_id"
    _order = "sequence, complete_name, id"
    _rec_names_search = ["name", "code", "complete_name"]

    name = fields.Char(required=True, translate=True)
    display_name = fields.Char(recursive=True)
    complete_name = fields.Char(
        compute="_compute_complete_name",
        store=True,
        recursive=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("area", "Market area"),
            ("province", "Province or state"),
            ("city", "City"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    code = fields.Char(
        string="Area Code",
        help="The telephone area code, for instance; customer codes can contain it.",
    )
    parent_id = fields.Many2one(
        "crm.resource.region",
        string="Part Of",
        index=True,
        ondelete="restrict",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        "crm.resource.region", "parent_id", string="Consists Of"
    )
    country_id = fields.Many2one(
        "res.country",
        compute="_compute_country_id",
        store=True,
        readonly=False,
        recursive=True,
    )
    state_id = fields.Many2one(
        "res.country.state",
        string="Province",
        domain="[('country_id', '=?', country_id)]",
        index="btree_not_null",
        help="Customers with an address in this province belong to this area unless "
        "another one is chosen for them.",
    )
    partner_count = fields.Integer(string="Customers", compute="_compute_partner_count")

    _state_unique = models.UniqueIndex(
        "(state_id) WHERE kind = 'province'",
        "Another area stands for this province already.",
    )

    @api.depends_context("lang")
    @api.depends("name", "parent_id.display_name")
    def _compute_display_name(self):
        """The complete name in the reader's language; the stored one sorts."""
        for region in self:
            parts = [region.parent_id.display_name, region.name]
            region.display_name = " / ".join(filter(None, parts))

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for region in self:
            parts = [region.parent_id.complete_name, region.name]
            region.complete_name = " / ".join(filter(None, parts))

    @api.depends("state_id.country_id", "parent_id.country_id")
    def _compute_country_id(self):
        for region in self:
            region.country_id = (
                region.state_id.country_id
                or region.parent_id.country_id
                or region.country_id
            )

    def _compute_partner_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                [("region_id", "child_of", self.ids)], ["region_id"], ["__count"]
            )
        )
        for region in self:
            region.partner_count = sum(
                count
                for part, count in counts.items()
                if part.parent_path.startswith(region.parent_path or "-")
            )

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("An area cannot be a part of itself: choose another one.")
            )

    def _get_area_code(self):
        """Return the area code of the innermost part that has one, else nothing."""
        region = self
        while region and not region.code:
            region = region.parent_id
        return region.code or ""

    def action_open_customers(self):
        """Open the customers of this area and of its parts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_resource.res_partner_action_customer"
        )
        action["domain"] = [
            ("customer_state", "!=", False),
            ("region_id", "child_of", self.id),
        ]
        return action
