from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmResourceEvaluation(models.Model):
    """How an evaluation goes on, and who may say so."""

    _inherit = "crm.resource.evaluation"

    def _may_evaluate(self):
        user = self.env.user
        return (
            user == self.evaluator_id
            # who else fills in is no secret
            or user in self.sudo().scheme_id.evaluator_ids
            or user.has_group("crm_resource.group_reviewer")
        )

    def _may_decide(self):
        """Whoever recommends does not decide as well."""
        user = self.env.user
        deciders = self.sudo().scheme_id.decider_ids  # as above
        may_decide = (
            user in deciders
            if deciders
            else user.has_group("crm_resource.group_reviewer")
        )
        return may_decide and user != self.recommended_by_id

    def _check_evaluator(self):
        for evaluation in self:
            if not evaluation._may_evaluate():
                raise AccessError(
                    self.env._(
                        "The evaluation of %(partner)s is not yours: ask its "
                        "evaluator.",
                        partner=evaluation.partner_id.display_name,
                    )
                )

    def _check_decider(self):
        self._check_state("recommended")
        for evaluation in self:
            if not evaluation._may_decide():
                raise AccessError(
                    self.env._(
                        "Somebody else decides on %(partner)s: one of the deciders of "
                        "the scheme who did not recommend him.",
                        partner=evaluation.partner_id.display_name,
                    )
                )

    def _check_state(self, *states):
        for evaluation in self:
            if evaluation.state not in states:
                raise UserError(
                    self.env._(
                        "This is not possible while the evaluation of %(partner)s is "
                        "“%(state)s”: reload the page.",
                        partner=evaluation.partner_id.display_name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[evaluation.state],
                    )
                )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_finish(self):
        """Add up the points of evaluations that are filled in."""
        self.check_access("read")
        self._check_evaluator()
        self._check_state("draft", "progress")
        for evaluation in self:
            missing = evaluation.score_ids.filtered(lambda score: not score.is_given)
            if missing:
                raise UserError(
                    self.env._(
                        "%(partner)s: fill in “%(criteria)s” first.",
                        partner=evaluation.partner_id.display_name,
                        criteria="”, “".join(missing.criterion_id.mapped("name")),
                    )
                )
        # totals are written by nobody, and the evaluator's right was checked
        own = self.sudo()
        for scheme, evaluations in own.grouped("scheme_id").items():
            scheme._finish(evaluations.ids)
        own._close_activities()

    def action_reopen(self):
        """Have an evaluation filled in again."""
        self.check_access("read")
        self._check_reviewer()
        self._check_state("done", "recommended", "accepted", "refused")
        own = self.sudo()  # as in action_finish
        own.write(
            {
                "state": "progress",
                "date_done": False,
                "is_latest": False,
                "rank": 0,
                "recommended_by_id": False,
                "decided_by_id": False,
                "date_decided": False,
            }
        )
        for scheme, evaluations in own.grouped("scheme_id").items():
            scheme._refresh_latest(evaluations.partner_id)

    def action_recommend(self):
        """Recommend suppliers, and ask the deciders."""
        self.check_access("read")
        self._check_evaluator()
        self._check_state("done")
        for evaluation in self:
            if evaluation.target != "supplier":
                raise UserError(self.env._("Only suppliers are recommended."))
        # the status is written by nobody, and the evaluator's right was checked
        own = self.sudo()
        own.write({"state": "recommended", "recommended_by_id": self.env.uid})
        for evaluation in own:
            for decider in evaluation.scheme_id.decider_ids - self.env.user:
                evaluation.activity_schedule(
                    "crm_resource.mail_activity_data_evaluation",
                    summary=self.env._("Accept or refuse the supplier"),
                    user_id=decider.id,
                )

    def action_accept(self):
        """Accept recommended suppliers."""
        self._decide("accepted")

    def action_refuse(self):
        """Refuse recommended suppliers; the reason is written down before."""
        for evaluation in self:
            if not evaluation.decision_note:
                raise UserError(
                    self.env._(
                        "Write down why %(partner)s is refused, then refuse.",
                        partner=evaluation.partner_id.display_name,
                    )
                )
        self._decide("refused")

    @api.readonly
    def action_open_partner(self):
        """Open whom the evaluation is about."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def _decide(self, state):
        self.check_access("read")
        self._check_decider()
        # as in action_recommend
        own = self.sudo()
        own.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "date_decided": fields.Date.context_today(self),
            }
        )
        own._close_activities()

    def _check_reviewer(self):
        if not self.env.user.has_group("crm_resource.group_reviewer"):
            raise AccessError(
                self.env._("Ask a reviewer to have the evaluation filled in again.")
            )

    def _close_activities(self):
        self.activity_unlink(["crm_resource.mail_activity_data_evaluation"])
