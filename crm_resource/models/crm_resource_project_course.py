from odoo import api, fields, models
from odoo.tools import SQL


class CrmResourceProjectCourse(models.Model):
    """The course of opportunities: who did what, and who is going to do what, for which
    company."""

    _name = "crm.resource.project.course"
    _description = "Course of a Project"
    _inherit = "crm.resource.past.mixin"
    _past_user = "user_id"
    _auto = False
    _order = "date desc, id desc"

    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    date = fields.Date(readonly=True)
    kind = fields.Selection(
        [
            ("visit", "Visit"),
            ("step", "Step of the plan"),
            ("activity", "Activity"),
            ("order", "Quotation or order"),
        ],
        readonly=True,
    )
    name = fields.Char(string="What", readonly=True)
    effect = fields.Char(string="What Came of It", readonly=True)
    partner_id = fields.Many2one("res.partner", string="For Company", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done")], string="Status", readonly=True
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    _depends = {
        "crm.lead": ["company_id", "partner_id"],
        "crm.resource.plan.step": [
            "date",
            "date_done",
            "effect",
            "lead_id",
            "name",
            "party_id",
            "state",
            "user_id",
        ],
        "crm.resource.project.party": ["partner_id"],
        "crm.resource.visit": [
            "date_start",
            "lead_id",
            "name",
            "partner_id",
            "state",
            "subject",
            "user_id",
        ],
        "mail.activity": [
            "active",
            "activity_type_id",
            "date_deadline",
            "date_done",
            "feedback",
            "res_id",
            "res_model",
            "summary",
            "user_id",
        ],
        "sale.order": ["date_order", "name", "opportunity_id", "state", "user_id"],
    }

    @property
    def _table_query(self):
        sources = self._get_course_sources()
        return SQL(
            """
            SELECT %(count)s * source.res_id + source.number AS id, source.lead_id,
                   source.date, source.kind, source.name, source.effect,
                   COALESCE(source.partner_id, customer.commercial_partner_id)
                       AS partner_id,
                   source.user_id, lead.company_id,
                   CASE WHEN source.is_done THEN 'done' ELSE 'planned' END AS state,
                   source.res_model, source.res_id
              FROM (%(sources)s) source
              JOIN crm_lead lead ON lead.id = source.lead_id
              LEFT JOIN res_partner customer ON customer.id = lead.partner_id
            """,
            count=len(sources),
            sources=SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s AS number, %s AS res_model, source.* FROM (%s) source",
                    number,
                    model,
                    source,
                )
                for number, (model, source) in enumerate(sources.items())
            ),
        )

    @api.model
    def _get_course_sources(self):
        """Return what the course is made of.

        :return: dict of SELECTs by the names of their models, with the columns lead_id,
            date, kind, name, effect, partner_id (NULL: the customer), user_id, is_done,
            res_id
        """
        return {
            "crm.resource.visit": SQL(
                """
                SELECT lead_id, date_start::date AS date, 'visit' AS kind,
                       COALESCE(subject, name) AS name, NULL AS effect, partner_id,
                       user_id, state = 'done' AS is_done, id AS res_id
                  FROM crm_resource_visit
                 WHERE lead_id IS NOT NULL
                   AND state IN ('planned', 'checked_in', 'done')
                """
            ),
            "crm.resource.plan.step": SQL(
                """
                SELECT step.lead_id, COALESCE(step.date_done, step.date), 'step',
                       step.name, step.effect, party.partner_id, step.user_id,
                       step.state = 'done', step.id
                  FROM crm_resource_plan_step step
                  LEFT JOIN crm_resource_project_party party ON party.id = step.party_id
                 WHERE step.state != 'cancelled'
                """
            ),
            "mail.activity": SQL(
                """
                SELECT activity.res_id, COALESCE(activity.date_done,
                                                 activity.date_deadline), 'activity',
                       COALESCE(NULLIF(activity.summary, ''), %(type)s),
                       activity.feedback, NULL::int4, activity.user_id,
                       activity.active IS NOT TRUE, activity.id
                  FROM mail_activity activity
                  LEFT JOIN mail_activity_type type
                    ON type.id = activity.activity_type_id
                 WHERE activity.res_model = 'crm.lead'
                """,
                type=self.env["mail.activity.type"]._field_to_sql("type", "name"),
            ),
            "sale.order": SQL(
                """
                SELECT opportunity_id, date_order::date, 'order', name, NULL,
                       NULL::int4, user_id, state IN ('sent', 'sale'), id
                  FROM sale_order
                 WHERE opportunity_id IS NOT NULL AND state != 'cancel'
                """
            ),
        }

    def action_open_source(self):
        """Open what the line is about."""
        self.ensure_one()
        self.check_access("read")
        is_activity = self.res_model == "mail.activity"
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead" if is_activity else self.res_model,
            "res_id": self.lead_id.id if is_activity else self.res_id,
            "views": [(False, "form")],
        }
