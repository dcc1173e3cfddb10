from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Evaluations of merged partners remain, but for those of the same scheme and day,
    of which one does."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        """A partner has one latest evaluation by each scheme: which, is found anew."""
        if model != "res.partner":
            return super()._update_foreign_keys_generic(model, src_records, dst_record)
        # whoever may merge partners merges what belongs to them
        evaluations = (
            self.env["crm.resource.evaluation"]
            .sudo()
            .search([("partner_id", "in", (src_records | dst_record).ids)])
        )
        seen, doubles = set(), evaluations.browse()
        for evaluation in evaluations.sorted(lambda one: one.partner_id != dst_record):
            key = (evaluation.scheme_id, evaluation.date)
            if key in seen:
                doubles |= evaluation
            seen.add(key)
        doubles.unlink()
        evaluations -= doubles
        evaluations.is_latest = False
        evaluations.flush_recordset()
        result = super()._update_foreign_keys_generic(model, src_records, dst_record)
        evaluations.invalidate_recordset()
        for scheme in evaluations.scheme_id:
            scheme._refresh_latest(dst_record)
        return result
