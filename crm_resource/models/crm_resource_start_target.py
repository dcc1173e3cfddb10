from odoo import api, models

from .crm_resource_target_cell_mixin import COUNTS


class CrmResourceStart(models.AbstractModel):
    """What a person, and the departments he leads, are to reach this month."""

    _inherit = "crm.resource.start"

    @api.model
    def _get_start_blocks(self):
        return [
            *super()._get_start_blocks(),
            {
                "key": "targets",
                "sequence": 58,
                "title": self.env._("Targets This Month"),
                "icon": "fa-bullseye",
                "empty": self.env._("No targets are set for you this month."),
                "method": "_get_targets",
                "groups": "sales_team.group_sale_salesman",
                "action": "crm_resource.crm_resource_target_action_grid",
            },
        ]

    def _get_targets(self):
        """The person's own targets, and those of the departments that he heads."""
        user, company = self.env.user, self.env.company
        targets = self.env["crm.resource.target"].search(
            [
                ("company_id", "=", company.id),
                ("date", "=", company._get_today().replace(day=1)),
                "|",
                ("user_id", "=", user.id),
                "&",
                ("user_id", "=", False),
                ("team_id.user_id", "=", user.id),
            ],
            order="user_id, team_id, measure, id",
        )
        return {"figures": [self._get_target_figure(target) for target in targets]}

    def _get_target_figure(self, target):
        labels = dict(target._fields["measure"]._description_selection(self.env))
        is_count = target.measure in COUNTS
        # names of one's departments are no secret
        names = [labels[target.measure], target.sudo().team_id.name]
        shown = names if not target.user_id else names[:1]
        note = self.env._(
            "of %(target)s, %(due)s due today",
            target=self._format_amount(target, target.counted),
            due=self._format_amount(target, target.due),
        )
        return {
            "key": f"target_{target.id}",
            "label": ", ".join(shown),
            "kind": "number" if is_count else "money",
            "currency_id": target.currency_id.id,
            "value": target.achieved,
            "tone": "danger" if target.is_behind else "success",
            "note": note,
        }

    def _format_amount(self, target, amount):
        if target.currency_id:
            return target.currency_id.format(amount)
        return self.env["ir.qweb.field.float"].value_to_html(amount, {"precision": 0})
