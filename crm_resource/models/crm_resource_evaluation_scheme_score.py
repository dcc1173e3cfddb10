from odoo import models
from odoo.tools import SQL

from .crm_resource_evaluation_criterion import FIGURES, TRAITS, TYPED


class CrmResourceEvaluationScheme(models.Model):
    """The points of any number of evaluations, in one statement."""

    _inherit = "crm.resource.evaluation.scheme"

    def _score(self, ids):
        """Give evaluations of the scheme their scores; those of which nothing is left
        to fill in are done.

        All are of one day.
        """
        self.ensure_one()
        evaluations = self.env["crm.resource.evaluation"].browse(ids)
        if not ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH figure AS MATERIALIZED (%(figures)s)
                INSERT INTO crm_resource_evaluation_score (
                    evaluation_id, criterion_id, sequence, weight, figure, scale_id,
                    points, is_typed, is_given
                )
                SELECT rated.evaluation_id, criterion.id, criterion.sequence,
                       criterion.weight, ROUND(rated.figure, 2), rated.scale_id,
                       CASE WHEN rated.is_typed THEN 0
                            ELSE COALESCE(scale.points, criterion.points_otherwise, 0)
                        END,
                       rated.is_typed, NOT rated.is_typed
                  FROM (%(rated)s) rated
                  JOIN crm_resource_evaluation_criterion criterion
                    ON criterion.id = rated.criterion_id
                  LEFT JOIN crm_resource_evaluation_scale scale
                    ON scale.id = rated.scale_id
                ON CONFLICT (evaluation_id, criterion_id) DO NOTHING
                """,
                figures=self._get_figures(evaluations[0].date, ids),
                rated=SQL(" UNION ALL ").join(
                    self._rate(criterion) for criterion in self.criterion_ids
                ),
            )
        )
        self.env.invalidate_all(flush=False)
        if not self._has_typed():
            self._finish(ids)

    def _rate(self, criterion):
        """Return the SELECT of what evaluations get for a criterion."""
        figure = (
            SQL("figure.%s::numeric", SQL.identifier(criterion.source))
            if criterion.source in FIGURES
            else SQL("NULL")
        )
        return SQL(
            """
            SELECT figure.evaluation_id, %s AS criterion_id, %s AS is_typed,
                   (%s)::numeric AS figure, (%s)::integer AS scale_id FROM figure
            """,
            criterion.id,
            criterion.source in TYPED,
            figure,
            self._get_scale_case(criterion, figure),
        )

    def _get_scale_case(self, criterion, figure):
        """Return the expression of the line of the scale that fits."""
        source, scales = criterion.source, criterion.scale_ids
        if source in TYPED:
            return SQL("NULL")
        if source in FIGURES:
            lowest, *others = scales.sorted("limit_from")
            cases = [
                SQL("WHEN %s >= %s THEN %s", figure, str(scale.limit_from), scale.id)
                for scale in reversed(others)
            ]
            return SQL(
                "CASE WHEN %s IS NULL THEN NULL %s ELSE %s END",
                figure,
                SQL(" ").join(cases),
                lowest.id,
            )
        if source == "region":
            cases = [
                SQL(
                    "WHEN STARTS_WITH(figure.region_path, %s) THEN %s",
                    scale.region_id.parent_path,
                    scale.id,
                )
                # the closest region is the deepest one
                for scale in scales.sorted(
                    lambda scale: scale.region_id.parent_path.count("/"), reverse=True
                )
            ]
        else:
            name = TRAITS[source]
            cases = [
                SQL(
                    "WHEN figure.%s = %s THEN %s",
                    SQL.identifier(name),
                    scale[name].id,
                    scale.id,
                )
                for scale in scales
            ]
        return SQL("CASE %s END", SQL(" ").join(cases))
