from odoo import api, fields, models

from .res_partner import INTERNAL
from .res_partner_page_count import PageCount


class ResPartner(models.Model):
    """What a customer answered, and how satisfied he is."""

    _inherit = "res.partner"

    satisfaction_ids = fields.One2many(
        "crm.resource.satisfaction",
        "partner_id",
        string="Satisfaction by Surveys",
        groups=INTERNAL,
    )
    survey_answer_count = fields.Integer(
        compute="_compute_page_counts", groups=INTERNAL
    )

    @api.model
    def _get_page_counts(self):
        return {
            **super()._get_page_counts(),
            "survey_answer_count": PageCount(
                "crm.resource.survey.answer", ("customer_id",)
            ),
        }

    @api.readonly
    def action_open_survey_answers(self):
        """Open what these customers answered."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_survey_answer_action"
            ),
            "domain": [("customer_id", "in", self.ids)],
            "context": {},
        }

    def _get_page_figures(self):
        return [*super()._get_page_figures(), *self._get_satisfaction_figures()]

    def _get_satisfaction_figures(self):
        """Return the last score, against the one before."""
        if not self.survey_answer_count:  # which the page counts anyway
            return []
        satisfaction = self.env["crm.resource.satisfaction"].search(
            [("partner_id", "=", self.id), ("company_id", "=", self.env.company.id)]
        )
        if not satisfaction:
            return []
        tones = {"up": "success", "down": "danger"}
        before = satisfaction.trend and self.env._(
            "%(score)s %% before", score=f"{satisfaction.score_previous:.0f}"
        )
        return [
            {
                "key": "satisfaction",
                "sequence": 70,
                "label": self.env._("Satisfaction"),
                "kind": "percent",
                "value": satisfaction.score / 100,
                "note": before,
                "tone": tones.get(satisfaction.trend, False),
                "action": "action_open_survey_answers",
            }
        ]

    @api.model
    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {
                "kind": "survey",
                "label": self.env._("Surveys"),
                "icon": "fa-check-square-o",
                "caption": self.env._("Survey answered"),
                "model": "crm.resource.survey.answer",
                "date_field": "date",
                "partner_field": "customer_id",
                "title_field": "survey_id",
                "user_field": "user_id",
            },
        ]

    def _anonymise_documents(self, names, emails):
        """Forget what was typed into surveys, too."""
        result = super()._anonymise_documents(names, emails)
        answers = self.env["crm.resource.survey.answer"].search(
            [("partner_id", "in", self.ids)]
        )
        lines = self.env["crm.resource.survey.line"].search(
            [("partner_id", "in", self.ids)]
        )
        lines.write({"address": False, "note": False})
        (answers.input_id | lines.input_id)._anonymise()
        return result
