from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

MAX_LENGTH = 2000


class CrmResourceVisit(models.Model):
    """What leaders say to reports of visits."""

    _inherit = "crm.resource.visit"

    date_commented = fields.Datetime(
        string="Commented On", readonly=True, copy=False, index="btree_not_null"
    )
    commented_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    @api.model
    def _get_step_values(self):
        return {
            **super()._get_step_values(),
            "date_commented": False,
            "commented_by_id": False,
        }

    def action_comment(self, body):
        """Comment on a visit, and have its person told.

        :param str body: in plain words
        :raise AccessError: if somebody else decides on the visit
        """
        self.ensure_one()
        self._check_comment(body)
        self.message_post(
            body=body.strip(),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            partner_ids=(self.user_id - self.env.user).partner_id.ids,
        )
        if self.user_id != self.env.user:
            # nobody marks it but by a comment
            self.sudo().write(
                {
                    "date_commented": fields.Datetime.now(),
                    "commented_by_id": self.env.uid,
                }
            )
        return True

    def _check_comment(self, body):
        self.check_access("write")
        if not self._is_actor():
            raise AccessError(
                self.env._(
                    "Comments are for those who decide on the visit: its person, his "
                    "leaders and market staff."
                )
            )
        if not isinstance(body, str) or not body.strip():
            raise UserError(self.env._("The comment is empty: write something."))
        if len(body) > MAX_LENGTH:
            raise UserError(
                self.env._(
                    "The comment has more than %(count)s characters: write a shorter "
                    "one.",
                    count=MAX_LENGTH,
                )
            )
