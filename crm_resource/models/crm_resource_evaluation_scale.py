from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from .crm_resource_evaluation_criterion import FIGURES, TRAITS


class CrmResourceEvaluationScale(models.Model):
    """How many points there are for what."""

    _name = "crm.resource.evaluation.scale"
    _description = "Scale of an Evaluation Criterion"
    _order = "criterion_id, sequence, limit_from, id"

    name = fields.Char(string="Choice", translate=True)
    criterion_id = fields.Many2one(
        "crm.resource.evaluation.criterion",
        required=True,
        index=True,
        ondelete="cascade",
    )
    source = fields.Selection(related="criterion_id.source")
    company_id = fields.Many2one(related="criterion_id.scheme_id.company_id")
    sequence = fields.Integer(default=10)
    limit_from = fields.Float(
        string="From",
        digits=(16, 2),
        help="From this figure on, up to the next one of the scale. The lowest also "
        "takes what lies below it.",
    )
    region_id = fields.Many2one(
        "crm.resource.region",
        index="btree_not_null",
        ondelete="restrict",
        help="Regions within it count as well, unless the scale names them.",
    )
    industry_id = fields.Many2one(
        "res.partner.industry", index="btree_not_null", ondelete="restrict"
    )
    level_id = fields.Many2one(
        "crm.resource.level", index="btree_not_null", ondelete="cascade"
    )
    points = fields.Float(required=True, digits=(16, 2))

    _check_points = models.Constraint(
        "CHECK(points BETWEEN 0 AND 100)",
        "Points lie between 0 and 100: correct the scale.",
    )

    @api.depends("name", "limit_from", "source")
    def _compute_display_name(self):
        for scale in self:
            if scale.source in TRAITS:
                scale.display_name = scale[TRAITS[scale.source]].display_name
            elif scale.source in FIGURES:
                digits = 0 if scale.limit_from.is_integer() else 2
                scale.display_name = self.env._(
                    "from %(limit)s",
                    limit=formatLang(self.env, scale.limit_from, digits=digits),
                )
            else:
                scale.display_name = scale.name

    @api.constrains("criterion_id")
    def _check_criterion_id(self):
        """It is not moved to where the person may not keep it."""
        self.sudo(False).check_access("write")  # constraints are checked as root

    @api.constrains("name", "limit_from", "region_id", "industry_id", "level_id")
    def _check_named(self):
        """Each line of a scale is for something else."""
        for criterion in self.criterion_id:
            if criterion.source == "points":
                continue
            name = TRAITS.get(
                criterion.source,
                "limit_from" if criterion.source in FIGURES else "name",
            )
            values = criterion.scale_ids.mapped(lambda scale, name=name: scale[name])
            if name != "limit_from" and not all(
                scale[name] for scale in criterion.scale_ids
            ):
                raise ValidationError(
                    self.env._(
                        "A line of the scale of “%(criterion)s” does not say what the "
                        "points are for: complete it.",
                        criterion=criterion.name,
                    )
                )
            if len(set(values)) < len(criterion.scale_ids):
                raise ValidationError(
                    self.env._(
                        "Two lines of the scale of “%(criterion)s” are for the same: "
                        "delete one of them.",
                        criterion=criterion.name,
                    )
                )
