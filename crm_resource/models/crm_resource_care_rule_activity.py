from typing import NamedTuple

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL, format_date, plaintext2html
from odoo.tools.misc import format_amount


class Gesture(NamedTuple):
    """What a salesperson is asked to do."""

    care_id: int
    user_id: int
    contact: str
    lang: str
    day: fields.Date
    label: str
    product_id: int
    gift: str
    amount: float


class CrmResourceCareRule(models.Model):
    """Activities of the salespeople, any number in one statement."""

    _inherit = "crm.resource.care.rule"

    def _perform_activity(self, cares, date):
        """Plan activities of the salespeople, or of those who stand in for them."""
        self.env.flush_all()
        gestures = self._get_gestures(cares, date)
        texts = {}
        for gesture in gestures:
            key = gesture._replace(care_id=0, user_id=0, contact="")
            if key not in texts:
                texts[key] = self._get_gesture_texts(gesture)
        summaries, notes = [], []
        for gesture in gestures:
            title, note = texts[gesture._replace(care_id=0, user_id=0, contact="")]
            summaries.append(f"{title}: {gesture.contact}")
            notes.append(note)
        self._insert_activities(gestures, summaries, notes, date)
        # whose salesperson left since the row was written
        left = cares - cares.browse(gesture.care_id for gesture in gestures)
        left._close("skipped", "no_owner")

    def _get_gestures(self, cares, date):
        """Return as `Gesture` who is asked to do what."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT care.id, owner.id, partner.name, person.lang, care.date_occasion,
                       care.label, care.product_id, care.gift, care.amount
                  FROM crm_resource_care care
                  JOIN res_partner customer ON customer.id = care.customer_id
                  JOIN res_partner partner ON partner.id = care.partner_id
                  JOIN res_users owner ON owner.id = customer.user_id AND owner.active
                  JOIN res_partner person ON person.id = owner.partner_id
                 WHERE care.id = ANY(%s)
                """,
                cares.ids,
            )
        )
        gestures = [Gesture(*row) for row in rows]
        absences = self.env["crm.resource.absence"]
        owners = {gesture.user_id for gesture in gestures}
        standins = {
            user.id: absences._get_substitute(user, date) or user
            for user in absences._get_absent_users(date)
            if user.id in owners
        }
        return [
            gesture._replace(
                user_id=standins[gesture.user_id].id,
                lang=standins[gesture.user_id].lang,
            )
            if gesture.user_id in standins
            else gesture
            for gesture in gestures
        ]

    def _get_gesture_texts(self, gesture):
        """Return the title and the note of an activity in the language of whoever gets
        it."""
        rule = self.with_context(lang=gesture.lang)
        title = rule.env._(
            "%(occasion)s on %(day)s",
            occasion=gesture.label or rule._get_title(),
            day=format_date(rule.env, gesture.day, lang_code=gesture.lang),
        )
        product = rule.env["product.product"].browse(gesture.product_id or ())
        gift = ", ".join(filter(None, (product.display_name, gesture.gift)))
        note = plaintext2html(rule.instruction) if rule.instruction else Markup("")
        if gift and gesture.amount:
            gift = rule.env._(
                "Gift: %(gift)s, budget %(amount)s",
                gift=gift,
                amount=format_amount(rule.env, gesture.amount, rule.currency_id),
            )
        elif gift:
            gift = rule.env._("Gift: %(gift)s", gift=gift)
        if gift:
            note += Markup("<p>%s</p>") % gift
        return title, str(note)

    def _get_title(self):
        """Return in a few words what the rule is about."""
        if self.occasion == "birthday":
            return self._get_choice("occasion")
        if self.occasion == "holiday":
            return self.holiday_id.name
        return self.name

    def _insert_activities(self, gestures, summaries, notes, date):
        activity_type = self.env.ref("crm_resource.mail_activity_data_care")
        self.env.cr.execute(
            SQL(
                """
                WITH planned AS MATERIALIZED (
                    SELECT given.*, NEXTVAL('mail_activity_id_seq') AS activity_id
                      FROM UNNEST(%(cares)s::int4[], %(users)s::int4[],
                                  %(summaries)s::text[], %(notes)s::text[])
                           given(care_id, user_id, summary, note)
                ), inserted AS (
                    INSERT INTO mail_activity (
                        id, res_model, res_model_id, res_id, res_name,
                        activity_type_id, user_id, user_tz, date_deadline, summary,
                        note, automated, active, create_uid, create_date, write_uid,
                        write_date
                    )
                    SELECT planned.activity_id, 'res.partner', %(model)s, customer.id,
                           customer.complete_name, %(type)s, planned.user_id, person.tz,
                           GREATEST(care.date_occasion, %(date)s), planned.summary,
                           planned.note, TRUE, TRUE, %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM planned
                      JOIN crm_resource_care care ON care.id = planned.care_id
                      JOIN res_partner customer ON customer.id = care.customer_id
                      JOIN res_users users ON users.id = planned.user_id
                      JOIN res_partner person ON person.id = users.partner_id
                )
                UPDATE crm_resource_care care
                   SET state = 'assigned', activity_id = planned.activity_id
                  FROM planned
                 WHERE planned.care_id = care.id
                """,
                cares=[gesture.care_id for gesture in gestures],
                users=[gesture.user_id for gesture in gestures],
                summaries=summaries,
                notes=notes,
                model=self.env["ir.model"]._get_id("res.partner"),
                type=activity_type.id,
                date=date,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.invalidate_all(flush=False)
