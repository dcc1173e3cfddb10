from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .crm_resource_evaluation_criterion import TYPED


class CrmResourceEvaluationScheme(models.Model):
    _name = "crm.resource.evaluation.scheme"
    _description = "Evaluation Scheme"
    _inherit = [
        "mail.thread",
        "crm.resource.measure.mixin",
        "crm.resource.responsible.mixin",
    ]
    _order = "sequence, id"

    name = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)
    company_id = fields.Many2one(
        tracking=True,
        help="Only what was sold or bought by this company counts, and partners of "
        "other companies are left out. Empty: all companies count.",
    )
    target = fields.Selection(
        [("customer", "Customers"), ("supplier", "Suppliers")],
        string="Evaluates",
        required=True,
        default="customer",
        tracking=True,
    )
    domain = fields.Char(string="Which of Them", tracking=True, help="Empty: all.")
    currency_id = fields.Many2one(tracking=True)
    window_months = fields.Integer(
        string="Period (Months)",
        required=True,
        default=12,
        tracking=True,
        help="Figures are those of so many months up to the day of the evaluation; "
        "growth compares them with as many months before.",
    )
    interval_months = fields.Integer(
        string="Every (Months)",
        tracking=True,
        help="After how many months all are evaluated again. 0: only on demand.",
    )
    date_next = fields.Date(
        string="Next Evaluation",
        tracking=True,
        help="On this day all are evaluated by themselves. Empty: only on demand.",
    )
    evaluated_by = fields.Selection(
        [("owner", "The salesperson of the customer"), ("named", "Named people")],
        string="Filled In By",
        required=True,
        default="named",
        tracking=True,
    )
    evaluator_ids = fields.Many2many(
        "res.users",
        "crm_resource_evaluation_scheme_evaluator_rel",
        string="Evaluators",
        domain=[("share", "=", False)],
        help="They fill in what is not computed. The first is asked where no "
        "salesperson is.",
    )
    decider_ids = fields.Many2many(
        "res.users",
        "crm_resource_evaluation_scheme_decider_rel",
        string="Deciders",
        domain=[("share", "=", False)],
        help="They accept or refuse recommended suppliers. Empty: all reviewers do.",
    )
    fill_days = fields.Integer(
        string="Days to Fill In",
        required=True,
        default=14,
        help="Until when an evaluator is asked to be done.",
    )
    criterion_ids = fields.One2many(
        "crm.resource.evaluation.criterion",
        "scheme_id",
        string="Criteria",
        copy=True,
    )
    grade_ids = fields.One2many(
        "crm.resource.evaluation.grade", "scheme_id", string="Grades", copy=True
    )
    evaluation_count = fields.Integer(
        string="Evaluations", compute="_compute_evaluation_count"
    )

    _check_months = models.Constraint(
        "CHECK(window_months > 0 AND interval_months >= 0 AND fill_days >= 0)",
        "Months and days cannot be negative, and the period has at least one month.",
    )

    def _compute_evaluation_count(self):
        """Of those the reader may see."""
        counts = dict(
            self.env["crm.resource.evaluation"]._read_group(
                [("scheme_id", "in", self.ids)], ["scheme_id"], ["__count"]
            )
        )
        for scheme in self:
            scheme.evaluation_count = counts.get(scheme._origin, 0)

    @api.constrains("target", "criterion_ids")
    def _check_criteria(self):
        self.criterion_ids._check_source()

    @api.model
    def _get_answered_fields(self):
        return {"company_id", "date_next", "domain", "interval_months", "target"}

    def copy_data(self, default=None):
        """A copy is not run by itself before somebody says when."""
        return [{**values, "date_next": False} for values in super().copy_data(default)]

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_evaluate(self):
        """Evaluate all partners of the scheme today, and show the evaluations."""
        self.check_access("write")
        self.ensure_one()
        # whoever keeps schemes starts them and answers for it; what comes of it is
        # computed
        own = self.sudo()
        own.responsible_id = self.env.user
        date = own._get_today()
        own._check_complete()
        own._plan_activities(own._evaluate(date))
        return {
            **self.action_open_evaluations(),
            "domain": [("scheme_id", "=", self.id), ("date", "=", date)],
        }

    @api.readonly
    def action_open_evaluations(self):
        """Open what came of the scheme."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_evaluation_action"
            ),
            "domain": [("scheme_id", "=", self.id)],
            "context": {
                "default_scheme_id": self.id,
                "search_default_filter_latest": 1,
            },
        }

    # ------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------

    def _check_complete(self):
        """Check that the scheme says how to evaluate.

        :raise ValidationError: if not
        """
        for scheme in self:
            if not scheme.criterion_ids:
                raise ValidationError(
                    self.env._(
                        "“%(scheme)s” has no criteria: add some before you evaluate.",
                        scheme=scheme.name,
                    )
                )
            scheme.criterion_ids._check_scale()

    def _get_today(self):
        """Return which day it is where the scheme is used."""
        self.ensure_one()
        return (self.company_id or self.env.company)._get_today()

    def _get_windows(self, date):
        """Return the first day of the period that ends on ``date``, and that of the
        period before it."""
        self.ensure_one()
        return [
            fields.Date.add(date, months=-self.window_months * times, days=1)
            for times in (1, 2)
        ]

    def _get_partner_domain(self):
        """Return the domain of the partners this scheme evaluates, but for its typed
        conditions."""
        self.ensure_one()
        domain = Domain.TRUE
        if self.company_id:
            domain &= Domain("company_id", "in", [self.company_id.id, False])
        if self.target == "customer":
            return domain & Domain("customer_state", "!=", False)
        return (
            domain & Domain("supplier_rank", ">", 0) & Domain("parent_id", "=", False)
        )

    def _has_typed(self):
        """Return whether people fill in anything."""
        self.ensure_one()
        return any(criterion.source in TYPED for criterion in self.criterion_ids)

    def _get_grades_downwards(self):
        self.ensure_one()
        return self.grade_ids.sorted("limit_from", reverse=True)
