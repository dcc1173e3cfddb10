from odoo import fields, models


class CrmResourcePlanTemplate(models.Model):
    """The steps by which opportunities of a kind are developed."""

    _name = "crm.resource.plan.template"
    _description = "Template of Development Plans"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind_id = fields.Many2one(
        "crm.resource.dictionary",
        string="Kind of Opportunity",
        domain=[("kind", "=", "opportunity")],
        index="btree_not_null",
        ondelete="restrict",
        help="Proposed for opportunities of this kind; none: for all.",
    )
    company_id = fields.Many2one("res.company", index=True)
    line_ids = fields.One2many(
        "crm.resource.plan.template.line", "template_id", string="Steps", copy=True
    )


class CrmResourcePlanTemplateLine(models.Model):
    """One step of such a plan."""

    _name = "crm.resource.plan.template.line"
    _description = "Step of a Template"
    _order = "template_id, days, sequence, id"

    template_id = fields.Many2one(
        "crm.resource.plan.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What", required=True, translate=True)
    note = fields.Text(string="How", translate=True)
    days = fields.Integer(
        string="After (Working Days)",
        required=True,
        help="Working days of the company after the plan begins.",
    )
    is_for_leader = fields.Boolean(
        string="For the Leader",
        help="The leader of the department takes the step, not the salesperson.",
    )
    is_required = fields.Boolean(string="Required")
    stage_id = fields.Many2one(
        "crm.stage", string="Before Leaving", ondelete="set null"
    )

    _check_days = models.Constraint(
        "CHECK(days >= 0)", "Days after the beginning cannot be negative: correct them."
    )
