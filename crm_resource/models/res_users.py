from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_start_blocks(self):
        """Hook: what stands on a person's start page.

        :return: list of dicts with the keys ``key``, ``title``, ``model``, ``domain``
            and ``fields``, in the order of the page
        """
        activities = {
            "key": "activities",
            "title": self.env._("Today's activities"),
            "model": "mail.activity",
            "fields": ["res_name", "activity_type_id", "summary", "date_deadline"],
        }
        activities["domain"] = [
            ("user_id", "=", self.env.uid),
            ("date_deadline", "<=", "today"),
        ]
        approvals = {
            "key": "approvals",
            "title": self.env._("Waiting for my approval"),
            "model": "tier.review",
            "fields": ["document_name", "name", "requested_by", "create_date"],
        }
        approvals["domain"] = [
            ("reviewer_ids", "in", [self.env.uid]),
            ("status", "=", "pending"),
            ("can_review", "=", True),
        ]
        blocks = [activities, approvals]
        if self.env.user.has_group("crm_resource.group_reviewer"):
            review = {
                "key": "review",
                "title": self.env._("Customers to review"),
                "model": "res.partner",
                "fields": ["name", "submitted_by_id", "date_submitted"],
            }
            review["domain"] = [("customer_state", "=", "submitted")]
            blocks.append(review)
        return blocks
