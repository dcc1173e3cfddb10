from odoo import fields, models
from odoo.tools import email_normalize

DAY = 24 * 60 * 60


class SurveyUserInput(models.Model):
    """Answers to a questionnaire propose products, and become a lead."""

    _inherit = "survey.user_input"

    crm_proposal_ids = fields.Many2many(
        "crm.resource.survey.proposal",
        string="Proposed Products",
        compute="_compute_crm_proposal_ids",
    )

    def _compute_crm_proposal_ids(self):
        for user_input in self:
            answers = user_input.user_input_line_ids.suggested_answer_id
            score = user_input._get_crm_score()
            user_input.crm_proposal_ids = (
                user_input.survey_id.crm_proposal_ids.filtered(
                    lambda one, answers=answers, score=score: one._is_met(
                        answers, score
                    )
                )
            )

    def _land(self):
        result = super()._land()
        for user_input in self.filtered("survey_id.crm_form_id"):
            user_input._submit()
        return result

    def _submit(self):
        """Hand the answers to the job that makes leads, once."""
        submissions = self.env["crm.resource.web.submission"]
        form = self.survey_id.crm_form_id
        if submissions.search_count([("input_id", "=", self.id)], limit=1):
            return
        values = form._prepare_submission(self._get_crm_answers())
        answer = self.env["crm.resource.survey.answer"].search(
            [("input_id", "=", self.id)]
        )
        email = values["email"] or email_normalize(self.email)
        submissions.create(
            {
                **values,
                "input_id": self.id,
                "label": answer.partner_id.display_name or email or values["label"],
                "email": email,
                "state": self._get_crm_state(form),
                "date": form.company_id._get_today(),
            }
        )
        submissions._trigger()

    def _get_crm_state(self, form):
        """Return whether the day of a form is full: then the answers wait."""
        key = f"day:{form.id}:{form.company_id._get_today()}"
        [hits] = self.env["crm.resource.web.count"]._count(
            self.env.cr, [(key, form.day_limit, DAY)]
        )
        return "new" if hits > 0 else "queued"

    def _get_crm_answers(self):
        """Return the answers and what is proposed, as web submissions keep them."""
        answers = [
            self._prepare_crm_answer(
                line.question_id.title,
                str(line.display_name),
                target=line.question_id._get_crm_target(),
            )
            for line in self.user_input_line_ids
            if not line.skipped
        ]
        for proposal in self.crm_proposal_ids:
            product = proposal.product_id
            answers.append(
                self._prepare_crm_answer(
                    self.env._("Proposed"),
                    ": ".join(filter(None, (product.display_name, proposal.reason))),
                    value=str(product.id),
                    kind="product",
                )
            )
        return answers

    def _prepare_crm_answer(self, label, text, value=None, target=None, kind="text"):
        return {
            "field": None,
            "label": label,
            "type": kind,
            "target": target,
            "value": value or text,
            "text": text,
        }
