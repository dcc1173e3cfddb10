from odoo import fields, models


class CrmResourceTargetImportLine(models.TransientModel):
    """What a row of a workbook of targets does."""

    _name = "crm.resource.target.import.line"
    _description = "Row of Imported Targets"
    _order = "number, id"

    import_id = fields.Many2one(
        "crm.resource.target.import", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(string="Row", readonly=True)
    name = fields.Char(string="Department or Person", readonly=True)
    state = fields.Selection(
        [("changed", "Changed"), ("same", "Unchanged"), ("broken", "Broken")],
        readonly=True,
    )
    message = fields.Char(readonly=True)
