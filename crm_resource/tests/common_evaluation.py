from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time

from .common import TODAY, CrmResourceCommon, new_users


class EvaluationCase(CrmResourceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(freeze_time(datetime(2026, 3, 15, 2)))
        cls.owner, cls.colleague, cls.evaluator, cls.decider, cls.executive = new_users(
            cls.env,
            {
                "evaluation_owner": "sales_team.group_sale_salesman",
                "evaluation_colleague": "sales_team.group_sale_salesman",
                "evaluation_evaluator": "base.group_user",
                "evaluation_decider": "base.group_user",
                "evaluation_executive": "crm_resource.group_executive",
            },
        )
        cls.env["crm.resource.evaluation.scheme"].search([]).active = False
        # the job commits, which a test may not
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["ir.cron"], "_commit_progress", return_value=60
            )
        )

    @classmethod
    def _make_scheme(cls, criteria, grades=(("A", 80), ("B", 50), ("C", 0)), **values):
        """Create a scheme.

        :param criteria: list of name, source, weight, scale (list of what and points)
            and points otherwise
        """
        names = {
            "choice": "name",
            "region": "region_id",
            "industry": "industry_id",
            "level": "level_id",
        }
        return cls.env["crm.resource.evaluation.scheme"].create(
            {
                "name": "Value",
                "criterion_ids": [
                    Command.create(
                        {
                            "name": name,
                            "source": source,
                            "weight": weight,
                            "sequence": place,
                            "points_otherwise": otherwise,
                            "scale_ids": [
                                Command.create(
                                    {
                                        names.get(source, "limit_from"): what,
                                        "points": points,
                                    }
                                )
                                for what, points in scale
                            ],
                        }
                    )
                    for place, (name, source, weight, scale, otherwise) in enumerate(
                        criteria
                    )
                ],
                "grade_ids": [
                    Command.create({"name": name, "limit_from": limit})
                    for name, limit in grades
                ],
                **values,
            }
        )

    @classmethod
    def _evaluate(cls, scheme, partner, day=TODAY):
        """Return the evaluation of a partner by a run over all."""
        run = scheme._evaluate(day)
        return run.filtered(lambda evaluation: evaluation.partner_id == partner)

    def _get_points(self, evaluation):
        return {score.criterion_id.name: score.points for score in evaluation.score_ids}
