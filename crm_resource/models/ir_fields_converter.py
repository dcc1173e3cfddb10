from odoo import api, models


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        """While customers are imported, look every name of a salesperson, a country, an
        industry ... up once: the import makes contacts only, so what was found stays.
        """
        cache = self.env.context.get("import_cache")
        if (
            subfield is not None
            or cache is None
            or field.comodel_name == "res.partner"
            or not self.env.context.get("default_customer_state")
        ):
            return super().db_id_for(model, field, subfield, value, savepoint)
        key = (field.comodel_name, value)
        if key in cache:
            return cache[key]
        found = super().db_id_for(model, field, subfield, value, savepoint)
        if found[0]:
            cache[key] = found
        return found
