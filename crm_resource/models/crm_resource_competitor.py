from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmResourceCompetitor(models.Model):
    _name = "crm.resource.competitor"
    _description = "Competitor"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.resource.import.mixin"]
    _order = "name, id"
    _mail_post_access = "read"

    name = fields.Char(required=True, index="trigram", tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: all companies see the competitor."
    )
    website = fields.Char()
    country_id = fields.Many2one("res.country")
    tag_ids = fields.Many2many(
        "crm.tag", "crm_resource_competitor_tag_rel", string="Tags"
    )
    background = fields.Text(help="The company, its size, its present development.")
    strategy = fields.Text(
        string="Fields and Strategy", help="Where and how it competes with us."
    )
    strengths = fields.Text(tracking=True)
    weaknesses = fields.Text(tracking=True)
    product_ids = fields.One2many(
        "crm.resource.competitor.product", "competitor_id", string="Products"
    )
    encounter_ids = fields.One2many(
        "crm.resource.competitor.encounter", "competitor_id", string="Encounters"
    )
    product_count = fields.Integer(
        string="Number of Products", compute="_compute_product_count"
    )
    encounter_count = fields.Integer(
        string="Number of Encounters", compute="_compute_encounter_count"
    )
    won_count = fields.Integer(string="We Won", compute="_compute_encounter_count")
    lost_count = fields.Integer(string="We Lost", compute="_compute_encounter_count")
    win_rate = fields.Float(
        string="Our Win Rate (%)",
        compute="_compute_encounter_count",
        digits=(16, 1),
        help="Of the encounters you see that are decided.",
    )

    _name_unique = models.UniqueIndex(
        "(LOWER(name), COALESCE(company_id, 0))",
        "There is a competitor of this name already: complete that one.",
    )

    def _compute_product_count(self):
        counts = dict(
            self.env["crm.resource.competitor.product"]._read_group(
                [("competitor_id", "in", self.ids)], ["competitor_id"], ["__count"]
            )
        )
        for competitor in self:
            competitor.product_count = counts.get(competitor._origin, 0)

    @api.depends("encounter_ids.outcome")
    @api.depends_context("uid")
    def _compute_encounter_count(self):
        """Of those the reader may see."""
        encounters = self.env["crm.resource.competitor.encounter"]
        groups = encounters.has_access("read") and encounters._read_group(
            [("competitor_id", "in", self.ids)],
            ["competitor_id", "outcome"],
            ["__count"],
        )
        counts = {
            (competitor, outcome): count for competitor, outcome, count in groups or ()
        }
        outcomes = encounters._fields["outcome"].get_values(self.env)
        for competitor in self:
            own = {
                outcome: counts.get((competitor._origin, outcome), 0)
                for outcome in outcomes
            }
            competitor.encounter_count = sum(own.values())
            competitor.won_count = own["won"]
            competitor.lost_count = own["lost"] + own["other"]
            decided = competitor.won_count + competitor.lost_count
            competitor.win_rate = decided and competitor.won_count * 100 / decided

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named(self):
        # whoever deletes competitors may not see all that names them
        everything = self.sudo().with_context(active_test=False).env
        used = [("competitor_id", "in", self.ids)]
        for model in (
            "crm.lead",
            "crm.resource.churn",
            "crm.resource.competitor.encounter",
        ):
            named = everything[model].search(used, limit=1)
            if named:
                raise UserError(
                    self.env._(
                        "“%(competitor)s” is named where we met or lost to him: "
                        "archive him instead.",
                        competitor=named.competitor_id.name,
                    )
                )

    @api.readonly
    def action_open_encounters(self):
        """Open where we met the competitor."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_competitor_encounter_action"
            ),
            "domain": [("competitor_id", "=", self.id)],
            "context": {"default_competitor_id": self.id},
        }

    @api.readonly
    def action_open_products(self):
        """Open what the competitor sells."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_competitor_product_action"
            ),
            "domain": [("competitor_id", "=", self.id)],
            "context": {"default_competitor_id": self.id},
        }
