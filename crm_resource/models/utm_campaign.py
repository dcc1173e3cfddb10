from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

MARKETING = "crm_resource.group_reviewer"
# who sees what campaigns cost
COST_READERS = (
    f"{MARKETING},sales_team.group_sale_salesman_all_leads,crm_resource.group_executive"
)
# what only code writes
CODE_FIELDS = {"crm_number", "crm_date_frozen", "crm_date_followed"}
# what of a campaign is the matter of whoever made it, and of market staff
OWN_FIELDS = {"active", "company_id", "name", "title", "user_id"}


class UtmCampaign(models.Model):
    """A campaign for customers; its list is frozen when it starts."""

    _name = "utm.campaign"
    _inherit = [
        "utm.campaign",
        "mail.thread",
        "mail.activity.mixin",
        "crm.resource.participants.mixin",
    ]

    crm_number = fields.Char(
        string="Number", readonly=True, copy=False, index="btree_not_null"
    )
    crm_kind_id = fields.Many2one(
        "crm.resource.dictionary",
        string="Kind",
        domain=[("kind", "=", "campaign")],
        ondelete="restrict",
    )
    crm_date_start = fields.Date(string="First Day", tracking=True)
    crm_date_end = fields.Date(string="Last Day", tracking=True)
    crm_team_id = fields.Many2one("crm.team", string="Department", tracking=True)
    crm_plan = fields.Html(string="Plan")
    crm_publication = fields.Html(string="Publication")
    crm_url = fields.Char(string="Published At")
    crm_announcement_id = fields.Many2one(
        "crm.resource.announcement", string="Announcement", copy=False
    )
    crm_target_group_id = fields.Many2one(
        "crm.resource.target.group",
        string="Target Group",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    crm_date_frozen = fields.Date(
        string="List Frozen On", readonly=True, copy=False, tracking=True
    )
    crm_target_ids = fields.One2many(
        "crm.resource.campaign.target", "campaign_id", string="Target Customers"
    )
    crm_event_ids = fields.One2many("event.event", "crm_campaign_id")
    crm_cost_ids = fields.One2many(
        "crm.resource.campaign.cost", "campaign_id", string="Costs", groups=COST_READERS
    )
    crm_budget = fields.Monetary(string="Budget", groups=COST_READERS, tracking=True)
    crm_effect_days = fields.Integer(
        string="Effect Within",
        default=30,
        help="Days. Orders and sales count from the day on which the customer took "
        "part, or else got the invitation, up to so many days later. What several "
        "campaigns brought counts for each of them.",
    )

    _crm_number_unique = models.UniqueIndex(
        "(company_id, crm_number) WHERE crm_number IS NOT NULL",
        "A campaign of this company has the number already.",
    )
    _check_crm_dates = models.Constraint(
        "CHECK(crm_date_end IS NULL OR crm_date_start IS NULL "
        "OR crm_date_start <= crm_date_end)",
        "A campaign cannot end before it begins: correct the last day.",
    )
    _check_crm_effect_days = models.Constraint(
        "CHECK(crm_effect_days BETWEEN 0 AND 730)",
        "The effect is counted over at most two years: enter 0 to 730 days.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Campaigns that people make are numbered; what code keeps is not typed."""
        vals_list = [
            {**vals, **dict.fromkeys(CODE_FIELDS, False)} for vals in vals_list
        ]
        campaigns = super().create(vals_list)
        typed = {name for vals in vals_list for name, value in vals.items() if value}
        typed |= {
            name.removeprefix("default_")
            for name, value in self.env.context.items()
            if name.startswith("default_") and value
        }
        campaigns._check_marketing(self._get_planned_fields(typed))
        for campaign in campaigns:
            if not campaign.is_auto_campaign:
                campaign._set_number()
        return campaigns

    def write(self, vals):
        """What belongs to customers is the matter of market staff."""
        if not self.env.su:
            vals = {k: value for k, value in vals.items() if k not in CODE_FIELDS}
        self._check_marketing(self._get_planned_fields(vals))
        self._check_own(vals)
        frozen = self.filtered("crm_date_frozen")
        if frozen and {"company_id", "crm_target_group_id"} & vals.keys():
            raise UserError(
                self.env._(
                    "The list of “%(campaign)s” is frozen: its target group and "
                    "company stay. Make a new campaign for another group.",
                    campaign=frozen[0].title,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        for campaign in self.filtered("crm_date_frozen"):
            raise UserError(
                self.env._(
                    "“%(campaign)s” has started, and its figures are kept: archive it "
                    "instead.",
                    campaign=campaign.title,
                )
            )

    @api.model
    def _get_planned_fields(self, names):
        return {n for n in names if n.startswith("crm_") and n not in CODE_FIELDS}

    def _check_own(self, names):
        """Check that the person may rename these, archive them, or give them away.

        :param names: fields that he writes
        :raise AccessError: if he may not
        """
        if OWN_FIELDS.isdisjoint(names):
            return
        user = self.env.user
        others = self.filtered(
            lambda campaign: (
                campaign.crm_number
                and user not in campaign.user_id | campaign.create_uid
            )
        )
        if others:
            others._check_marketing()

    def _check_marketing(self, names=("crm_plan",)):
        """Check that the person may plan campaigns for customers.

        :param names: fields that he writes; without any, everybody may
        :raise AccessError: if he may not
        """
        if names and not self.env.su and not self.env.user.has_groups(MARKETING):
            raise AccessError(
                self.env._("Campaigns for customers are the matter of market staff.")
            )

    def _set_number(self):
        # whoever makes a campaign need not read counters, nor write numbers
        campaign = self.sudo()
        campaign.crm_number = (
            campaign.env["ir.sequence"]
            .with_company(campaign.company_id)
            .next_by_code("crm.resource.campaign")
        )

    # ------------------------------------------------------------
    # The list
    # ------------------------------------------------------------

    def action_freeze_targets(self):
        """Start: keep whom the campaign is for, with level, salesperson and department
        of this moment."""
        self.ensure_one()
        self.check_access("write")
        self._check_marketing()
        group = self.crm_target_group_id
        if not group:
            raise UserError(
                self.env._("Choose the target group of the campaign first.")
            )
        group.check_access("read")
        group._check_responsible()
        company = self.company_id or self.env.company
        self._mark_once("crm_date_frozen", company._get_today())
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_resource_campaign_target (
                    campaign_id, company_id, partner_id, customer_id, user_id,
                    team_id, level_id, address, reason, create_uid, create_date,
                    write_uid, write_date
                )
                SELECT %(id)s, %(company)s, target.*, %(uid)s, %(now)s, %(uid)s,
                       %(now)s
                  FROM (%(query)s) target
                """,
                id=self.id,
                company=company.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                query=group._get_target_query(),
            )
        )
        count = self.env.cr.rowcount
        self.env["crm.resource.campaign.target"].invalidate_model()
        self.invalidate_recordset()
        self.message_post(
            body=self.env._("The list is frozen: %(count)s receivers.", count=count)
        )
        return True

    def action_open_targets(self):
        """Open the frozen list."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_resource.crm_resource_campaign_target_action"
            ),
            "domain": [("campaign_id", "in", self.ids)],
        }

    def action_announce(self):
        """Publish the campaign to colleagues as an announcement."""
        self.ensure_one()
        self.check_access("write")
        self._check_marketing()
        if not self.crm_announcement_id:
            self.crm_announcement_id = self.env["crm.resource.announcement"].create(
                {
                    "name": self.title,
                    "body": self.crm_publication or self.crm_plan,
                    "company_id": self.company_id.id,
                    "date_to": self.crm_date_end,
                    **({"team_ids": self.crm_team_id.ids} if self.crm_team_id else {}),
                }
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.resource.announcement",
            "res_id": self.crm_announcement_id.id,
            "views": [(False, "form")],
        }

    def action_invite(self):
        """Open a new mailing to those on the frozen list."""
        self.ensure_one()
        self._check_marketing()
        if not self.crm_date_frozen:
            raise UserError(
                self.env._("Freeze the list first: then it is known who is invited.")
            )
        domain = [
            (
                "crm_target_ids",
                "any",
                [("campaign_id", "=", self.id), ("reason", "=", False)],
            )
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invitation"),
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                "default_campaign_id": self.id,
                "default_subject": self.title,
                "default_mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "default_mailing_domain": repr(domain),
            },
        }

    def _get_participants_query(self):
        return SQL(
            """SELECT part.customer_id FROM (%s) part
                WHERE part.campaign_id = %s AND part.is_attended""",
            self.env["crm.resource.participation"]._table_query,
            self.id,
        )

    def _get_follow_up_name(self):
        return self.title

    def _get_follow_up_campaign(self):
        return self
