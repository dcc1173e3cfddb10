from odoo import models
from odoo.tools import SQL


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _replace_attendees(self, people):
        """Let the new organizers attend instead of the old ones.

        :param dict people: ids of the old and the new `res.users` by id of the event
        """
        moves = SQL(
            """
            SELECT move.id, old.partner_id AS old_id, new.partner_id AS new_id,
                   partner.name
              FROM UNNEST(%s::int4[], %s::int4[], %s::int4[]) move(id, old_id, new_id)
              JOIN res_users old ON old.id = move.old_id
              JOIN res_users new ON new.id = move.new_id
              JOIN res_partner partner ON partner.id = new.partner_id
            """,
            self.ids,
            [people[event.id][0] for event in self],
            [people[event.id][1] for event in self],
        )
        for table, event, partner, answer in (
            (
                "calendar_attendee",
                "event_id",
                "partner_id",
                SQL(", state = 'needsAction', common_name = move.name"),
            ),
            (
                "calendar_event_res_partner_rel",
                "calendar_event_id",
                "res_partner_id",
                SQL(),
            ),
        ):
            names = {
                "table": SQL.identifier(table),
                "event": SQL.identifier(event),
                "partner": SQL.identifier(partner),
                "moves": moves,
            }
            # whoever attends already stays as he is
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM %(table)s attendee
                     USING (%(moves)s) move
                     WHERE attendee.%(event)s = move.id
                       AND attendee.%(partner)s = move.old_id
                       AND EXISTS (SELECT FROM %(table)s other
                                    WHERE other.%(event)s = move.id
                                      AND other.%(partner)s = move.new_id)
                    """,
                    **names,
                )
            )
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s attendee SET %(partner)s = move.new_id %(answer)s
                      FROM (%(moves)s) move
                     WHERE attendee.%(event)s = move.id
                       AND attendee.%(partner)s = move.old_id
                    """,
                    answer=answer,
                    **names,
                )
            )
        self.env.invalidate_all(flush=False)
