from odoo import api, models
from odoo.tools import frozendict, ormcache


class CrmResourceWebForm(models.Model):
    """Forms hardly ever change: what posts ask for is read once, and not by each of
    them."""

    _inherit = "crm.resource.web.form"

    @api.model
    def _find(self, token):
        """Return the open form of an address, empty if there is none, with all that a
        post asks for in the cache of the transaction."""
        # misses are not kept: whoever guesses would fill the memory
        form = self.browse(self._get_addresses().get(token, ()))
        if not form:
            return form
        keys = {}
        for model, key, values in form._get_columns():
            self.env[model].browse(key)._update_cache(values, validate=False)
            keys.setdefault(model, []).append(key)
        for name in ("field_ids", "consent_ids"):
            parts = self.env[form._fields[name].comodel_name]
            parts = parts.browse(keys.get(parts._name, ()))
            form._update_cache({name: parts}, validate=False)
        return form

    @api.model
    @ormcache()
    def _get_addresses(self):
        """Return the ids of open forms by the secret parts of their addresses."""
        # for everybody, whoever asks first
        return frozendict({form.token: form.id for form in self.sudo().search([])})

    @ormcache("self.id")
    def _get_columns(self):
        """Return what is stored of a form, its fields and consents, as tuples of model,
        id and values by name."""
        # as above
        form = self.sudo()
        rows = []
        for records in (form, form.field_ids, form.consent_ids):
            names = [
                field.name
                for field in records._fields.values()
                if field.store and field.column_type
            ]
            for values in records.read(names, load=""):
                key = values.pop("id")
                rows.append((records._name, key, frozendict(values)))
        return tuple(rows)
