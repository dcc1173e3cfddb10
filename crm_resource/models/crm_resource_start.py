from odoo import api, models
from odoo.exceptions import AccessError, UserError

LIMIT = 8


class CrmResourceStart(models.AbstractModel):
    """A person's start page: blocks of what is to be done today."""

    _name = "crm.resource.start"
    _description = "Start Page"

    @api.model
    def _get_start_blocks(self):
        """Hook: what stands on a person's start page.

        :return: list of dicts with the keys ``key``, ``sequence``, ``title``, ``icon``,
            ``empty`` (what it says if there is nothing), ``method`` and, if it has
            them, ``groups`` (those who have it, as in views), ``action`` (external id
            of all of it) and ``context`` of the action. The method returns a dict of

            * ``rows``: dicts of ``id``, ``model``, ``title`` and, if there are any,
              ``text``, ``date`` (text), ``is_day``, ``tone``, ``icon`` and
              ``partner_id`` (a customer with whom a call may be logged at once); one
              more than `LIMIT` if there are more; and ``count``, if it is to be shown
            * or ``figures``, as on a customer's page
        """
        return [
            *self._get_day_blocks(),
            *self._get_customer_blocks(),
            *self._get_sales_blocks(),
            *self._get_review_blocks(),
        ]

    @api.model
    def _get_own_blocks(self):
        """Return the blocks that the person has, by key, in the order of the page.

        :raise AccessError: if he is no colleague
        """
        user = self.env.user
        if not user._is_internal():
            raise AccessError(self.env._("The start page is for colleagues only."))
        blocks = [
            block
            for block in self._get_start_blocks()
            if not block.get("groups") or user.has_groups(block["groups"])
        ]
        blocks.sort(key=lambda block: block["sequence"])
        return {block["key"]: block for block in blocks}

    @api.model
    @api.readonly
    def get_blocks(self):
        """Return the person's blocks without what is in them.

        :return: list of dicts
        """
        names = ("key", "title", "icon", "empty", "action", "context")
        return [
            {name: block.get(name) for name in names}
            for block in self._get_own_blocks().values()
        ]

    @api.model
    @api.readonly
    def get_block(self, key):
        """Return what is in a block.

        :param str key: of `get_blocks`
        :return: dict of ``rows``, ``has_more``, ``count`` and ``figures``
        :raise UserError: if the person has no such block
        """
        block = self._get_own_blocks().get(key)
        if not block:
            raise UserError(
                self.env._("Your start page has no such block: reload the page.")
            )
        content = getattr(self, block["method"])()
        rows = content.get("rows", [])
        return {
            "rows": rows[:LIMIT],
            "has_more": len(rows) > LIMIT,
            "count": content.get("count", 0),
            "figures": content.get("figures", []),
        }
