from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmResourceBulkQuota(models.Model):
    """To how many receivers somebody has sent bulk messages on a day. Only code reads
    and writes it."""

    _name = "crm.resource.bulk.quota"
    _description = "Bulk Messages of a Day"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date = fields.Date(required=True)
    count = fields.Integer(required=True)

    _day_unique = models.Constraint(
        "UNIQUE(user_id, company_id, date)", "There is one counter a day."
    )

    @api.model
    def _take(self, company, user, count):
        """Count receivers of a salesperson; market staff send without limit.

        What is cancelled is not given back.

        :raise UserError: if he has not so many left today
        """
        if user.has_group("crm_resource.group_reviewer"):
            return
        limit = company.sudo().crm_bulk_limit  # settings are read by their users
        taken = count <= limit and self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_resource_bulk_quota AS quota
                            (user_id, company_id, date, count)
                     VALUES (%(user)s, %(company)s, %(day)s, %(count)s)
                ON CONFLICT (user_id, company_id, date) DO UPDATE
                        SET count = quota.count + EXCLUDED.count
                      WHERE quota.count + EXCLUDED.count <= %(limit)s
                  RETURNING id
                """,
                user=user.id,
                company=company.id,
                day=company._get_today(),
                count=count,
                limit=limit,
            )
        )
        if not taken:
            raise UserError(
                self.env._(
                    "A salesperson sends bulk messages to at most %(limit)s receivers "
                    "a day, and this one has %(count)s: choose fewer, or ask market "
                    "staff to send it.",
                    limit=limit,
                    count=count,
                )
            )
