from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _get_document_partners(self):
        """Return the partner of the document each activity is about."""
        partners = dict.fromkeys(self, self.env["res.partner"])
        for model, activities in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env:
                continue
            documents = self.env[model].browse(activities.mapped("res_id")).exists()
            if model != "res.partner":
                field = documents._fields.get("partner_id")
                if not field or field.comodel_name != "res.partner":
                    continue
            by_id = {document.id: document for document in documents}
            for activity in activities.filtered(
                lambda a, by_id=by_id: a.res_id in by_id
            ):
                document = by_id[activity.res_id]
                partners[activity] = (
                    document if model == "res.partner" else document.partner_id
                )
        return partners

    def _filter_documents(self, env):
        """Return the activities about documents which the person of an environment may
        edit, and those about none."""
        reached = self.filtered(lambda activity: not activity.res_id)
        for model, activities in (self - reached).grouped("res_model").items():
            if model in env:
                documents = env[model].browse(activities.mapped("res_id")).exists()
                ids = {*documents._filtered_access("write").ids}
                reached |= activities.filtered(lambda a, ids=ids: a.res_id in ids)
        return self & reached
