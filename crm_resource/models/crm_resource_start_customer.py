from datetime import timedelta

from odoo import fields, models

from .crm_resource_start import LIMIT
from .res_partner_page_figures import RECALL_DAYS

# for how many days a customer counts as newly given
NEW_DAYS = 14


class CrmResourceStart(models.AbstractModel):
    """A person's customers whom he should not forget."""

    _inherit = "crm.resource.start"

    def _get_customer_blocks(self):
        return [
            {
                "key": "pinned",
                "sequence": 30,
                "title": self.env._("Pinned Customers"),
                "icon": "fa-star",
                "empty": self.env._("Pin the customers you work on by their star."),
                "method": "_get_pinned",
                "action": "crm_resource.res_partner_action_customer",
                "context": {"search_default_filter_pinned": 1},
            },
            {
                "key": "recalls",
                "sequence": 40,
                "title": self.env._("About to Be Recalled"),
                "icon": "fa-hourglass-half",
                "empty": self.env._("None of your customers is about to be recalled."),
                "method": "_get_recalls",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.res_partner_action_recall",
                "context": {"search_default_filter_my": 1},
            },
            {
                "key": "new",
                "sequence": 50,
                "title": self.env._("Newly Given to Me"),
                "icon": "fa-gift",
                "empty": self.env._("No customer was given to you of late."),
                "method": "_get_new",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.res_partner_action_customer",
                "context": {"search_default_filter_my": 1},
            },
        ]

    def _get_pinned(self):
        pins = self.env["crm.resource.pin"].search_fetch(
            [
                ("user_id", "=", self.env.uid),
                ("partner_id.customer_state", "!=", False),
                ("partner_id.active", "=", True),
            ],
            ["partner_id"],
            limit=LIMIT + 1,
        )
        # who does not reach a customer any more has lost the pin
        customers = pins.partner_id._filtered_access("read")
        customers.fetch(["name", "standing_id"])
        return {"rows": [self._get_customer_row(customer) for customer in customers]}

    def _get_recalls(self):
        today = fields.Date.context_today(self)
        # his own customers; what the rows tell he reads himself
        standings = self.env["crm.resource.standing"].sudo()
        standings = standings.search_fetch(
            [
                ("partner_id.user_id", "=", self.env.uid),
                ("partner_id.customer_state", "!=", False),
                ("date_recall", "<=", today + timedelta(days=RECALL_DAYS)),
            ],
            ["partner_id"],
            order="date_recall, id",
            limit=LIMIT + 1,
        )
        customers = standings.partner_id.sudo(False)._filtered_access("read")
        return {"rows": [self._get_customer_row(customer) for customer in customers]}

    def _get_new(self):
        moves = self.env["crm.resource.assignment"].search_fetch(
            [
                ("user_to_id", "=", self.env.uid),
                ("partner_id.user_id", "=", self.env.uid),
                ("date_end", "=", False),
                ("date", ">=", fields.Datetime.now() - timedelta(days=NEW_DAYS)),
                ("author_id", "!=", self.env.uid),
            ],
            ["author_id", "date", "kind", "partner_id"],
            order="date desc, id desc",
            limit=LIMIT + 1,
        )
        kinds = dict(moves._fields["kind"]._description_selection(self.env))
        rows = []
        for move in moves:
            # who gave him is no secret
            giver = move.author_id.sudo().name
            words = [kinds[move.kind], giver]
            rows.append(
                {
                    **self._get_customer_row(move.partner_id),
                    "text": " · ".join(filter(None, words)),
                    "date": fields.Datetime.to_string(move.date),
                    "is_day": False,
                    "tone": False,
                }
            )
        return {"rows": rows}

    def _get_customer_row(self, customer):
        """Return the row of a customer: last contact, days until he is recalled."""
        today = fields.Date.context_today(self)
        texts = []
        if customer.date_last_contact:
            days = (today - customer.date_last_contact).days
            texts.append(self.env._("last contact %(days)s days ago", days=days))
        else:
            texts.append(self.env._("no contact yet"))
        recall = customer.date_recall
        if recall:
            days = (recall - today).days
            texts.append(self.env._("%(days)s days left", days=days))
        return {
            "id": customer.id,
            "model": "res.partner",
            # an archived or moved customer keeps his name here
            "title": customer.name,
            "text": " · ".join(texts),
            "date": recall and fields.Date.to_string(recall),
            "is_day": True,
            "tone": customer._get_recall_tone(),
            "partner_id": customer.id,
        }
