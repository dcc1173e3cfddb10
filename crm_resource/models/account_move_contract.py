from odoo import api, fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Invoices of contracts, and what became of them."""

    _inherit = "account.move"

    crm_contract_id = fields.Many2one(
        "crm.resource.contract",
        string="Contract",
        compute="_compute_crm_contract_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty where the lines are of several contracts.",
    )

    @api.depends("invoice_line_ids.crm_contract_id")
    def _compute_crm_contract_id(self):
        for move in self:
            contracts = move.invoice_line_ids.crm_contract_id
            move.crm_contract_id = len(contracts) == 1 and contracts

    def _post(self, soft=True):
        """Journal items are of the contract of their entry, too: of taxes and of what
        is owed."""
        posted = super()._post(soft)
        if posted.crm_contract_id:
            posted._spread_contract()
        return posted

    def _spread_contract(self):
        """Say of which contract the other items of entries are."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line item
                   SET crm_contract_id = move.crm_contract_id
                  FROM account_move move
                 WHERE move.id = item.move_id AND move.id = ANY(%s)
                   AND item.display_type <> 'product'
                   AND item.crm_contract_id IS DISTINCT FROM move.crm_contract_id
                """,
                self.ids,
            )
        )
        self.line_ids.invalidate_recordset(["crm_contract_id"], flush=False)

    @api.model
    def _get_contract_figures_query(self, key, chosen):
        """Return the SELECT of what became of invoices, one row for each instalment, or
        each contract: ``key``, ``is_drafted``, ``date_maturity`` (the first of what is
        open), ``invoiced``, ``credited``, ``received`` and ``open``, tax included, in
        the currency of the documents.

        An invoice of several keys divides its amounts by their lines, rounded as sums
        from the first on: together they are the invoice. Money is what
        `crm.resource.sales` says. What is neither credited, received nor open was
        settled otherwise: by cash discount, or written off.

        The caller flushes and applies no record rule.

        :param SQL key: the column of the rows ``line`` by which to divide
        :param SQL chosen: SELECT of the keys to be looked at
        """
        money = self.env["crm.resource.sales"]._get_money_query(
            SQL("JOIN document chosen ON chosen.id = document.id")
        )
        return SQL(
            """
            WITH document AS (
                SELECT move.id, move.state, move.amount_total, move.amount_residual,
                       move.move_type = 'out_refund' AS is_refund,
                       currency.decimal_places AS digits
                  FROM account_move move
                  JOIN res_currency currency ON currency.id = move.currency_id
                 WHERE move.state <> 'cancel'
                   AND move.id IN (SELECT line.move_id FROM account_move_line line
                                    WHERE %(key)s IN (%(chosen)s))
            ), piece AS (
                SELECT line.move_id, %(key)s AS key,
                       SUM(SUM(line.price_total)) OVER from_first AS until,
                       SUM(SUM(line.price_total)) OVER from_first
                       - SUM(line.price_total) AS before,
                       SUM(SUM(line.price_total)) OVER (PARTITION BY line.move_id)
                       AS total
                  FROM account_move_line line
                  JOIN document ON document.id = line.move_id
                 WHERE line.display_type = 'product'
                 GROUP BY line.move_id, %(key)s
                WINDOW from_first AS (PARTITION BY line.move_id ORDER BY %(key)s)
            ), money AS (
                SELECT part.move_id, SUM(part.amount) AS amount
                  FROM (%(money)s) part
                 GROUP BY part.move_id
            ), maturity AS (
                SELECT item.move_id, MIN(item.date_maturity) AS date
                  FROM account_move_line item
                  JOIN document ON document.id = item.move_id
                 WHERE item.display_type = 'payment_term' AND NOT document.is_refund
                   AND item.amount_residual_currency <> 0
                 GROUP BY item.move_id
            )
            SELECT piece.key, BOOL_OR(document.state = 'draft') AS is_drafted,
                   MIN(maturity.date) FILTER (%(posted)s) AS date_maturity,
                   SUM(%(total)s) FILTER (%(posted)s AND NOT document.is_refund)
                   AS invoiced,
                   SUM(%(total)s) FILTER (%(posted)s AND document.is_refund)
                   AS credited,
                   SUM(%(sign)s * %(received)s) FILTER (%(posted)s) AS received,
                   SUM(%(sign)s * %(open)s) FILTER (%(posted)s) AS open
              FROM piece
              JOIN document ON document.id = piece.move_id
              LEFT JOIN money ON money.move_id = document.id
              LEFT JOIN maturity ON maturity.move_id = document.id
             WHERE piece.key IN (%(chosen)s) AND piece.total <> 0
             GROUP BY piece.key
            """,
            key=key,
            chosen=chosen,
            money=money,
            posted=SQL("WHERE document.state = 'posted'"),
            sign=SQL("CASE WHEN document.is_refund THEN -1 ELSE 1 END"),
            total=self._get_piece(SQL("document.amount_total")),
            received=self._get_piece(SQL("COALESCE(money.amount, 0)")),
            open=self._get_piece(SQL("document.amount_residual")),
        )

    @api.model
    def _get_piece(self, amount):
        """Return the part of an amount of a document that a key has."""
        return SQL(
            """(ROUND(%(amount)s * piece.until / piece.total, document.digits)
                - ROUND(%(amount)s * piece.before / piece.total, document.digits))""",
            amount=amount,
        )
