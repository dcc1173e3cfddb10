from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("received", "Received"),
    ("open", "Invoiced, Not Paid"),
    ("planned", "Not Invoiced"),
]
# more contracts and instalments than stand on one invoice: ids are made of it
PIECES = 4096


class CrmResourceContractReceipt(models.Model):
    """Money that came in for contracts, and what is expected of them: of invoices when
    they are due, of instalments that are not invoiced on their planned day."""

    _name = "crm.resource.contract.receipt"
    _description = "Receipt of a Contract"
    _auto = False
    _order = "date, id"
    _rec_name = "contract_id"

    kind = fields.Selection(KINDS, readonly=True)
    date = fields.Date(
        readonly=True,
        help="Of the payment, of what is payable, or on which an instalment is "
        "planned. Empty: it waits for a milestone without a day.",
    )
    contract_id = fields.Many2one("crm.resource.contract", readonly=True)
    instalment_id = fields.Many2one("crm.resource.contract.instalment", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Department", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, help="Tax included, in company currency.")

    _depends = {
        "account.move": ["amount_total", "move_type", "state"],
        "account.move.line": [
            "amount_residual",
            "crm_contract_id",
            "crm_instalment_id",
            "date_maturity",
            "display_type",
            "move_id",
            "price_total",
        ],
        "account.partial.reconcile": ["amount", "max_date"],
        "crm.resource.contract": [
            "company_id",
            "currency_rate",
            "partner_id",
            "state",
            "team_id",
            "user_id",
        ],
        "crm.resource.contract.instalment": [
            "amount",
            "contract_id",
            "date_due",
            "date_planned",
            "is_void",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            WITH piece AS (%(pieces)s)
            SELECT part.id, part.kind, part.date, part.contract_id, part.instalment_id,
                   contract.partner_id, contract.user_id, contract.team_id,
                   contract.company_id, company.currency_id, part.amount
              FROM (%(received)s UNION ALL %(open)s UNION ALL %(planned)s) part
              JOIN crm_resource_contract contract ON contract.id = part.contract_id
              JOIN res_company company ON company.id = contract.company_id
             WHERE part.amount <> 0
            """,
            pieces=self._get_piece_query(),
            received=self._get_received_query(),
            open=self._get_open_query(),
            planned=self._get_planned_query(),
        )

    @api.model
    def _get_piece_query(self):
        """Return the SELECT of the pieces of posted invoices that are contracts' and
        instalments': which part of the lines each is."""
        return SQL(
            """
            SELECT line.move_id, ROW_NUMBER() OVER from_first AS place,
                   line.crm_contract_id AS contract_id,
                   line.crm_instalment_id AS instalment_id,
                   currency.decimal_places AS digits,
                   CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END AS sign,
                   SUM(SUM(line.price_total)) OVER from_first AS until,
                   SUM(SUM(line.price_total)) OVER from_first
                   - SUM(line.price_total) AS before,
                   SUM(SUM(line.price_total)) OVER (PARTITION BY line.move_id) AS total
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN res_currency currency ON currency.id = line.company_currency_id
             WHERE move.state = 'posted' AND line.display_type = 'product'
               AND line.move_id IN (SELECT item.move_id FROM account_move_line item
                                     WHERE item.crm_contract_id IS NOT NULL)
             GROUP BY line.move_id, move.move_type, line.crm_contract_id,
                   line.crm_instalment_id, currency.decimal_places
            WINDOW from_first AS (
                PARTITION BY line.move_id
                ORDER BY line.crm_contract_id, line.crm_instalment_id
            )
            """
        )

    @api.model
    def _get_received_query(self):
        return SQL(
            """
            SELECT 3 * (money.id::bigint * %s + piece.place) AS id,
                   'received' AS kind, money.date, piece.contract_id,
                   piece.instalment_id, piece.sign * %s AS amount
              FROM (%s) money
              JOIN piece ON piece.move_id = money.move_id
               AND piece.contract_id IS NOT NULL AND piece.total <> 0
            """,
            PIECES,
            self._get_piece(SQL("money.value")),
            self.env["crm.resource.sales"]._get_money_query(
                SQL(
                    "JOIN (SELECT DISTINCT move_id FROM piece) chosen"
                    " ON chosen.move_id = document.id"
                )
            ),
        )

    @api.model
    def _get_open_query(self):
        return SQL(
            """
            SELECT 3 * (item.id::bigint * %s + piece.place) + 1, 'open',
                   item.date_maturity, piece.contract_id, piece.instalment_id, %s
              FROM account_move_line item
              JOIN piece ON piece.move_id = item.move_id
               AND piece.contract_id IS NOT NULL AND piece.total <> 0
             WHERE item.display_type = 'payment_term' AND item.amount_residual <> 0
            """,
            PIECES,
            self._get_piece(SQL("item.amount_residual")),
        )

    @api.model
    def _get_planned_query(self):
        return SQL(
            """
            SELECT 3 * instalment.id::bigint + 2, 'planned',
                   COALESCE(instalment.date_due, instalment.date_planned),
                   instalment.contract_id, instalment.id,
                   ROUND(instalment.amount
                         / COALESCE(NULLIF(contract.currency_rate, 0), 1)::numeric,
                         currency.decimal_places)
              FROM crm_resource_contract_instalment instalment
              JOIN crm_resource_contract contract
                ON contract.id = instalment.contract_id
               AND contract.state NOT IN ('draft', 'approval')
              JOIN res_company company ON company.id = contract.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              LEFT JOIN (
                    SELECT instalment_id, SUM(sign * (until - before)) AS invoiced
                      FROM piece GROUP BY instalment_id
                   ) made ON made.instalment_id = instalment.id
             WHERE instalment.is_void IS NOT TRUE AND COALESCE(made.invoiced, 0) <= 0
            """
        )

    @api.model
    def _get_piece(self, amount):
        """Return the part of an amount of a document that a piece is, rounded as sums
        from the first piece on."""
        return SQL(
            """(ROUND(%(amount)s * piece.until / piece.total, piece.digits)
                - ROUND(%(amount)s * piece.before / piece.total, piece.digits))""",
            amount=amount,
        )
