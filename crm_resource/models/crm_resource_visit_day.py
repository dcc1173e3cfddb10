from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

LIMIT = 200
# who looks at everybody's visits; the rules say which ones these are
EVERYBODY = (
    "crm_resource.group_reviewer,crm_resource.group_executive,"
    "sales_team.group_sale_salesman_all_leads"
)


class CrmResourceVisitDay(models.AbstractModel):
    """What a leader sees of his people's visits on a day."""

    _name = "crm.resource.visit.day"
    _description = "Visits of a Day"

    @api.model
    @api.readonly
    def get_day(self, date=False, user_id=False, kind=False):
        """Return the visits of a day as far as the user sees them.

        :param str date: the day as the user's clock has it, False: today
        :param int user_id: only of this person
        :param str kind: key of one of the figures: only what it counts
        :return: dict of ``date``, ``people``, ``figures``, ``rows``, ``has_more``
        :raise UserError: if this is no day, person or figure
        """
        visits = self.env["crm.resource.visit"]
        if not visits.has_access("read"):
            raise AccessError(
                self.env._("Visits are for salespeople, market staff and executives.")
            )
        day = visits._read_day(date)
        domain = self._get_day_domain(day)
        people = self._get_people(domain)
        if user_id:
            domain &= Domain("user_id", "=", self._read_id(user_id))
        figures = self._get_figures(domain)
        rows = visits.search_fetch(
            domain & self._get_kind_domain(kind),
            self._get_row_fields(),
            order="user_id, date_start, id",
            limit=LIMIT + 1,
        )
        return {
            "date": fields.Date.to_string(day),
            "people": people,
            "figures": figures,
            "rows": self._get_rows(rows[:LIMIT]),
            "has_more": len(rows) > LIMIT,
        }

    # ------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------

    def _read_id(self, user_id):
        if isinstance(user_id, bool) or not isinstance(user_id, int):
            raise UserError(self.env._("There is no such person: choose another one."))
        return user_id

    def _get_day_domain(self, day):
        domain = self.env["crm.resource.visit"]._get_domain_of_days(day, day)
        if not self.env.user.has_groups(EVERYBODY):
            people = self.env["crm.team"]._get_led_members() | self.env.user
            domain &= Domain("user_id", "in", people.ids)
        return domain

    def _get_kinds(self):
        """Return what the figures count: label, condition and tone, by key."""
        far = Domain("position_ids", "any", [("is_far", "=", True)])
        return {
            "planned": (self.env._("Planned"), Domain("state", "=", "planned"), ""),
            "checked_in": (
                self.env._("Checked In"),
                Domain("state", "=", "checked_in"),
                "info",
            ),
            "done": (self.env._("Done"), Domain("state", "=", "done"), "success"),
            "missed": (self.env._("Missed"), Domain("state", "=", "missed"), "danger"),
            "off_plan": (self.env._("Off Plan"), Domain("is_off_plan", "=", True), ""),
            "odd": (
                self.env._("Far or Short"),
                far | Domain("is_short", "=", True),
                "warning",
            ),
        }

    def _get_kind_domain(self, kind):
        if not kind:
            return Domain.TRUE
        kinds = self._get_kinds()
        if not isinstance(kind, str) or kind not in kinds:
            raise UserError(self.env._("There is no such figure: reload the page."))
        return kinds[kind][1]

    # ------------------------------------------------------------
    # What is answered
    # ------------------------------------------------------------

    def _get_people(self, domain):
        """Return who has visits on the day, and whom the user leads."""
        busy = self.env["crm.resource.visit"]._read_group(domain, ["user_id"])
        people = self.env["crm.team"]._get_led_members()
        people = people.union(*(user for (user,) in busy))
        # what colleagues are called is no secret
        people = people.sudo().sorted("name")
        return [{"id": person.id, "name": person.name} for person in people]

    def _get_figures(self, domain):
        visits = self.env["crm.resource.visit"]
        figures = []
        for key, (label, condition, tone) in self._get_kinds().items():
            count = visits.search_count(domain & condition)
            figures.append(
                {
                    "key": key,
                    "label": label,
                    "value": count,
                    "kind": "number",
                    "tone": count and tone or False,
                    "action": key,
                }
            )
        return figures

    def _get_row_fields(self):
        return [
            "commented_by_id",
            "date_commented",
            "date_end",
            "date_start",
            "is_off_plan",
            "is_short",
            "name",
            "partner_id",
            "report",
            "result_id",
            "state",
            "subject",
            "team_id",
            "type_id",
            "user_id",
        ]

    def _get_rows(self, visits):
        positions = self.env["crm.resource.visit.position"].search_fetch(
            [("visit_id", "in", visits.ids)],
            ["distance", "is_far", "is_measured", "map_url", "mode", "visit_id"],
            order="visit_id, moment",
        )
        positions = positions.grouped("visit_id")
        photos = dict(
            self.env["crm.resource.visit.photo"]._read_group(
                [("visit_id", "in", visits.ids)], ["visit_id"], ["__count"]
            )
        )
        editable = visits._filtered_access("write")
        states = dict(visits._fields["state"]._description_selection(self.env))
        return [
            {
                # the row shows names of what the visit tells of anyway
                **self._get_row(visit.sudo(), states),
                **self._get_place(positions.get(visit, ())),
                "photos": photos.get(visit, 0),
                "may_comment": visit in editable and visit.is_actor,
            }
            for visit in visits
        ]

    def _get_row(self, visit, states):
        """Return a row of a visit, with the names of what it refers to: who sees the
        visit sees these."""
        return {
            "id": visit.id,
            "name": visit.name,
            "customer": visit.partner_id.name or "",
            "subject": visit.subject or "",
            "user_id": visit.user_id.id,
            "person": visit.user_id.name,
            "type": visit.type_id.name,
            "icon": visit.type_id.icon,
            "state": visit.state,
            "state_label": states[visit.state],
            "date_start": fields.Datetime.to_string(visit.date_start),
            "date_end": fields.Datetime.to_string(visit.date_end),
            "report": visit.report or "",
            "result": visit.result_id.name or "",
            "is_off_plan": visit.is_off_plan,
            "is_short": visit.is_short,
            "commented_by": visit.date_commented and visit.commented_by_id.name or "",
        }

    def _get_place(self, positions):
        """Return what a row says of where somebody was."""
        measured = [position for position in positions if position.is_measured]
        known = [position for position in positions if position.mode == "gps"]
        return {
            "is_far": any(position.is_far for position in positions),
            "has_no_position": bool(positions) and not known,
            "distance": measured[0].distance if measured else False,
            "map_url": known[0].map_url if known else False,
        }
