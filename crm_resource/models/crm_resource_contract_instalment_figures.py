from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

STATES = [
    ("planned", "Planned"),
    ("waiting", "Not Yet Due"),
    ("due", "To Invoice"),
    ("invoiced", "Invoiced"),
    ("partial", "Partly Paid"),
    ("overdue", "Overdue"),
    ("paid", "Paid"),
    ("void", "Void"),
]
FIGURES = ("amount_invoiced", "amount_credited", "amount_received", "amount_open")


class CrmResourceContractInstalment(models.Model):
    """What became of instalments: journal items and their reconciliations say it, at
    the moment one asks."""

    _inherit = "crm.resource.contract.instalment"

    state = fields.Selection(
        STATES, string="Status", compute="_compute_figures", search="_search_state"
    )
    is_settled = fields.Boolean(
        string="Is on an Invoice",
        compute="_compute_figures",
        search="_search_is_settled",
        help="On one that is posted or still a draft, and not wholly credited.",
    )
    amount_invoiced = fields.Monetary(string="Invoiced", compute="_compute_figures")
    amount_credited = fields.Monetary(
        string="Credited",
        compute="_compute_figures",
        help="By credit notes.",
    )
    amount_received = fields.Monetary(
        string="Received",
        compute="_compute_figures",
        help="Money, without cash discounts and what was written off.",
    )
    amount_open = fields.Monetary(
        string="Still Open",
        compute="_compute_figures",
        help="What the customer owes of posted invoices.",
    )
    date_maturity = fields.Date(
        string="Payable Until",
        compute="_compute_figures",
        help="The first day on which something of it that is open is or was due.",
    )

    # journal items change without a word to contracts: nothing is kept for long
    @api.depends("amount", "contract_id.state", "date_due", "is_void")
    @api.depends_context("tz")
    def _compute_figures(self):
        rows = self._get_figures()
        for instalment in self:
            row = rows.get(instalment._origin.id, {})
            instalment.state = row.get("state", "planned")
            instalment.is_settled = row.get("is_settled", False)
            instalment.date_maturity = row.get("date_maturity")
            for name in FIGURES:
                instalment[name] = row.get(name, 0)

    def _get_figures(self):
        """Return the rows of `_get_figures_query` of these instalments, by id."""
        if not self.ids:
            return {}
        self.env.flush_all()
        condition = SQL("instalment.id = ANY(%s)", self.ids)
        rows = self.env.execute_query_dict(self._get_figures_query(condition))
        return {row["id"]: row for row in rows}

    def _search_state(self, operator, value):
        if operator != "in":  # the ORM derives the other operators from this one
            return NotImplemented
        return self._search_figures(
            SQL("figures.state = ANY(%s)", [key for key in value if key])
        )

    def _search_is_settled(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._search_figures(SQL("figures.is_settled = ANY(%s)", list(value)))

    def _search_figures(self, condition):
        self.env.flush_all()
        query = SQL(
            "(SELECT figures.id FROM (%s) figures WHERE %s)",
            self._get_figures_query(SQL("TRUE")),
            condition,
        )
        return Domain("id", "in", query)

    @api.model
    def _get_figures_query(self, condition):
        """Return the SELECT of the figures of instalments, one row for each: ``id``,
        ``state``, ``is_settled``, ``date_maturity`` and `FIGURES`.

        The caller flushes and applies no record rule.

        :param SQL condition: of the rows ``instalment`` to be looked at
        """
        chosen = SQL(
            "SELECT instalment.id FROM crm_resource_contract_instalment instalment"
            " WHERE %s",
            condition,
        )
        return SQL(
            """
            SELECT this.id, this.date_maturity, this.is_settled,
                   this.amount_invoiced, this.amount_credited, this.amount_received,
                   this.amount_open,
                   CASE WHEN this.is_void AND NOT this.is_settled THEN 'void'
                        WHEN this.contract_state IN ('draft', 'approval')
                             AND NOT this.is_settled THEN 'planned'
                        WHEN this.amount_invoiced > this.amount_credited THEN
                             CASE WHEN this.amount_open <= 0 THEN 'paid'
                                  WHEN this.date_maturity < %(today)s THEN 'overdue'
                                  WHEN this.amount_open
                                       < this.amount_invoiced - this.amount_credited
                                       THEN 'partial'
                                  ELSE 'invoiced'
                              END
                        WHEN this.date_due <= %(today)s THEN 'due'
                        ELSE 'waiting'
                    END AS state
              FROM (
                    SELECT instalment.id, instalment.is_void, instalment.date_due,
                           instalment.contract_state, figure.date_maturity,
                           COALESCE(figure.invoiced, 0) AS amount_invoiced,
                           COALESCE(figure.credited, 0) AS amount_credited,
                           COALESCE(figure.received, 0) AS amount_received,
                           COALESCE(figure.open, 0) AS amount_open,
                           COALESCE(figure.is_drafted, FALSE)
                           OR COALESCE(figure.invoiced, 0)
                              > COALESCE(figure.credited, 0) AS is_settled
                      FROM crm_resource_contract_instalment instalment
                      LEFT JOIN (%(figures)s) figure ON figure.key = instalment.id
                     WHERE %(condition)s
                   ) this
            """,
            condition=condition,
            figures=self.env["account.move"]._get_contract_figures_query(
                SQL.identifier("line", "crm_instalment_id"), chosen
            ),
            today=fields.Date.context_today(self),
        )
