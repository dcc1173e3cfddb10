from odoo import fields, models


class AccountMoveLine(models.Model):
    """Which instalment of which contract a line invoices: one line, one instalment,
    hence nothing counts twice."""

    _inherit = "account.move.line"

    crm_instalment_id = fields.Many2one(
        "crm.resource.contract.instalment",
        string="Instalment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    crm_contract_id = fields.Many2one(
        "crm.resource.contract",
        string="Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _copy_data_extend_business_fields(self, values):
        """What is credited, or invoiced again, is of the same instalment."""
        result = super()._copy_data_extend_business_fields(values)
        values["crm_instalment_id"] = self.crm_instalment_id.id
        values["crm_contract_id"] = self.crm_contract_id.id
        return result
