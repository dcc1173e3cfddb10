from odoo import api, models
from odoo.fields import Domain

from .res_users_handover import HandoverKind


class CrmResourceVisit(models.Model):
    """Visits that pass to somebody else."""

    _inherit = "crm.resource.visit"

    def _move_to(self, person):
        """Let somebody else make visits, and tell him.

        :param person: `res.users`, whom the caller may choose
        """
        # whoever calls has checked the visits and the person
        visits = self.sudo()
        visits.write({"user_id": person.id})
        visits.filtered(lambda visit: person in visit.colleague_ids).write(
            {"colleague_ids": [(3, person.id)]}
        )
        texts = self.with_context(lang=person.lang).env
        visits[0].message_notify(
            partner_ids=person.partner_id.ids,
            subject=texts._("Visits for you"),
            body=texts._(
                "%(person)s moved visits to you: %(visits)s.",
                person=self.env.user.name,
                visits=", ".join(visits.mapped("display_name")),
            ),
        )

    def _replace_people(self, people):
        """Let the meetings of visits be those of the new people.

        :param dict people: ids of the old and the new `res.users` by id of the visit
        """
        users = self.env["res.users"]
        self._push_meetings(
            {
                visit: visit._get_attendees()
                | users.browse(people[visit.id]).partner_id
                for visit in self
            }
        )


class ResUsers(models.Model):
    """Planned visits pass when a person hands over."""

    _inherit = "res.users"

    @api.model
    def _get_handover_models(self):
        return [
            *super()._get_handover_models(),
            HandoverKind(
                "visit",
                self.env._("Visits to Come"),
                "crm.resource.visit",
                Domain("state", "=", "planned"),
                team="team_id",
                after="_replace_people",
            ),
        ]
