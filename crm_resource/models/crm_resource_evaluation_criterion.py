from odoo import api, fields, models
from odoo.exceptions import ValidationError

# what people fill in
TYPED = ("choice", "points")
# what is a number, which the scale's limits are compared with
FIGURES = (
    "sales",
    "quantity",
    "growth",
    "sales_share",
    "margin",
    "margin_share",
    "days",
    "delay",
    "purchases",
)
# what the partner is, and the scale's field that names it
TRAITS = {"region": "region_id", "industry": "industry_id", "level": "level_id"}
SUPPLIER_SOURCES = (*TYPED, "purchases", "industry")


class CrmResourceEvaluationCriterion(models.Model):
    _name = "crm.resource.evaluation.criterion"
    _description = "Evaluation Criterion"
    _order = "scheme_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    heading = fields.Char(
        translate=True, help="Criteria of one heading stand together on the sheet."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    scheme_id = fields.Many2one(
        "crm.resource.evaluation.scheme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scheme_id.company_id")
    target = fields.Selection(related="scheme_id.target")
    weight = fields.Float(
        required=True,
        default=1,
        digits=(16, 2),
        help="How much the criterion counts, compared with the others.",
    )
    source = fields.Selection(
        [
            ("choice", "Choice"),
            ("points", "Points from 0 to 100"),
            ("sales", "Sales"),
            ("quantity", "Quantity sold"),
            ("growth", "Growth of sales (%)"),
            ("sales_share", "Share of sales of larger customers (%)"),
            ("margin", "Margin"),
            ("margin_share", "Share of margin of better customers (%)"),
            ("days", "Days since the last purchase"),
            ("delay", "Days of delay in payment"),
            ("purchases", "Purchases"),
            ("region", "Region"),
            ("industry", "Industry"),
            ("level", "Level"),
        ],
        string="Comes From",
        required=True,
        default="choice",
        help="Choices and points are filled in, all others are computed.\n"
        "Shares: what the customers before this one, from the largest on, make of the "
        "total. Those from 0 to less than 80 % make 80 % of it together.",
    )
    scale_ids = fields.One2many(
        "crm.resource.evaluation.scale", "criterion_id", copy=True
    )
    points_otherwise = fields.Float(
        digits=(16, 2),
        help="Where the figure is not known, or the scale names nothing that fits.",
    )
    description = fields.Text(translate=True)

    _check_weight = models.Constraint(
        "CHECK(weight > 0)",
        "A criterion counts for something: enter a weight above 0.",
    )
    _check_points = models.Constraint(
        "CHECK(points_otherwise BETWEEN 0 AND 100)",
        "Points lie between 0 and 100.",
    )

    @api.constrains("scheme_id")
    def _check_scheme_id(self):
        """It is not moved to where the person may not keep it."""
        self.sudo(False).check_access("write")  # constraints are checked as root

    @api.constrains("source", "scheme_id")
    def _check_source(self):
        for criterion in self:
            is_supplier = criterion.source in SUPPLIER_SOURCES
            if criterion.target == "customer":
                fits = criterion.source != "purchases"
            else:
                fits = is_supplier
            if not fits:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” cannot be computed for those whom the scheme "
                        "evaluates: choose where it comes from anew.",
                        criterion=criterion.name,
                    )
                )

    def _check_scale(self):
        """Check that each criterion says how many points there are for what.

        :raise ValidationError: if not
        """
        for criterion in self:
            if criterion.source != "points" and not criterion.scale_ids:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” has no scale: say how many points there are "
                        "for what.",
                        criterion=criterion.name,
                    )
                )
        self.scale_ids._check_named()
