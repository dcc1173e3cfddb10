from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # the timeline of a customer shows his payments
    _customer_idx = models.Index("(partner_id)")
