import re

from odoo import api, fields, models
from odoo.tools import SQL, escape_psql

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search

from ..hooks import CJK
from .res_partner import INTERNAL
from .res_partner_audience import ENTRY_STATES

SHOWN = 5
# of the pieces of a name, how many another name has to contain
SIMILARITY = 0.6
# what says little about who it is: legal forms, in Latin and in Chinese letters
LEGAL_FORMS = (
    r"\b(co|corp|corporation|company|inc|incorporated|llc|ltd|limited|plc|gmbh|ag|kg"
    r"|sa|sarl|srl|spa|bv|nv|oy|ab|as|pty|group|holding|holdings)\b\.?"
    "|有限责任公司|股份有限公司|有限公司|集团公司|集团|公司"
)


class ResPartner(models.Model):
    """Who is there already, looked for among all customers: whoever enters one learns
    the name of the other and whether he is somebody's, and nothing else of him."""

    _inherit = "res.partner"

    duplicate_message = fields.Char(
        compute="_compute_duplicate_message", groups=INTERNAL
    )

    @api.depends("name", "vat", "phone", "email", "customer_state")
    def _compute_duplicate_message(self):
        entered = self.filtered(lambda p: p.customer_state in ENTRY_STATES)
        (self - entered).duplicate_message = False
        for partner in entered:
            found = [
                self.env._("%(name)s (somebody's)", name=name)
                if is_taken
                else self.env._("%(name)s (nobody's)", name=name)
                for name, is_taken in partner._get_duplicates()
            ]
            partner.duplicate_message = bool(found) and self.env._(
                "Such customers are there already: %(names)s", names=", ".join(found)
            )

    def _get_duplicates(self):
        """Return customers of the user's companies who look like this one, whoever may
        see them: by name, tax id, phone or domain of the e-mail address.

        :return: list of tuples: name, whether somebody owns the customer
        """
        self.ensure_one()
        conditions = [
            condition
            for condition in (
                self._get_same_name(),
                self._get_same_phone(),
                self._get_same_text("vat", self.vat),
                self._get_same_text("email", self.email and self._get_mail_end()),
            )
            if condition
        ]
        if not conditions:
            return []
        self.env["res.partner"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT partner.name, partner.user_id IS NOT NULL
                  FROM res_partner partner
                 WHERE partner.customer_state IS NOT NULL AND partner.active
                   AND partner.id <> %(self)s
                   AND (partner.company_id IS NULL
                        OR partner.company_id = ANY(%(companies)s))
                   AND (%(conditions)s)
                 ORDER BY partner.name <> %(name)s, LENGTH(partner.name), partner.id
                 LIMIT %(limit)s
                """,
                self=self._origin.id or 0,
                companies=self.env.companies.ids,
                conditions=SQL(" OR ").join(conditions),
                name=self.name or "",
                limit=SHOWN,
            )
        )

    def _get_mail_end(self):
        """Return the domain of a company's own addresses, else the whole address."""
        return mail_prepare_for_domain_search(self.email)

    def _get_same_text(self, column, text):
        """Return the condition that a column ends with a text, in capitals or not."""
        if not text:
            return None
        field = SQL.identifier("partner", column)
        unaccent = self.env.registry.unaccent
        pattern = f"%{escape_psql(text.strip())}"
        return SQL("%s ILIKE %s", unaccent(field), unaccent(SQL("%s", pattern)))

    def _get_same_phone(self):
        number = self.phone and self._phone_format(fname="phone")
        return number and SQL("partner.phone_sanitized = %s", number)

    def _get_same_name(self):
        name = re.sub(LEGAL_FORMS, " ", self.name or "", flags=re.IGNORECASE).strip()
        pieces = sorted(
            {
                run[place : place + 2]
                for run in re.findall(f"{CJK}+", name)
                for place in range(len(run) - 1)
            }
        )
        if pieces:
            return SQL(
                """
                (partner.complete_name ~ %(cjk)s
                 AND crm_resource_bigrams(partner.complete_name) && %(pieces)s::text[]
                 AND (SELECT COUNT(*) FROM UNNEST(%(pieces)s::text[]) piece
                       WHERE POSITION(piece IN partner.complete_name) > 0)
                     >= %(least)s)
                """,
                cjk=CJK,
                pieces=pieces,
                least=SIMILARITY * len(pieces),
            )
        if not name or not self.env.registry.has_trigram:
            return name and self._get_same_text("complete_name", name)
        unaccent = self.env.registry.unaccent
        return SQL(
            "%s %%> %s",
            unaccent(SQL.identifier("partner", "complete_name")),
            unaccent(SQL("%s", name)),
        )
