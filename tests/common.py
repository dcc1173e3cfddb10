"""What the tests that cross addons share."""

from odoo.fields import Command
from odoo.tests import HttpCase
from odoo.tools.misc import file_path

SELFIES = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
ADDONS = ("crm_resource", "crm_resource_service", "crm_resource_reports")

# who there is, and the groups that make him; the tests of rights ask each of them
ROLES = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "salesperson": "sales_team.group_sale_salesman",
    "department": "crm_resource.group_department",
    "all_documents": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "clerk": "crm_resource.group_clerk",
    "reviewer": "crm_resource.group_reviewer",
    "executive": "crm_resource.group_executive",
    "announcer": "crm_resource.group_announcer",
    "accountant": "account.group_account_invoice",
    "service_agent": "helpdesk_mgmt.group_helpdesk_user",
}
# salespeople without a group more: they lead a department, or the one above it
LEADERS = dict.fromkeys(("leader", "upper_leader"), ROLES["salesperson"])


def new_role_user(env, role, **values):
    """Create a user of a role of ROLES; his login is ``life_<role>``."""
    return new_role_users(env, [role], **values)


def new_role_users(env, roles, **values):
    """Create a user of each of some roles of ROLES and LEADERS, in their order.

    Without a password: to hash one takes longer than all the rest."""
    groups = ROLES | LEADERS
    return (
        env["res.users"]
        .with_context(no_reset_password=True, tracking_disable=True)
        .create(
            [
                {
                    "name": f"life_{role}",
                    "login": f"life_{role}",
                    "email": f"life_{role}@example.com",
                    "group_ids": [Command.set(env.ref(groups[role]).ids)],
                    **values,
                }
                for role in roles
            ]
        )
    )


def get_own_models(env):
    """Return the names of the models that our addons define, without abstract ones."""
    return sorted(
        name
        for name, model in env.registry.items()
        if model._original_module in ADDONS and not model._abstract
    )


class CallCase(HttpCase):
    """What the web client could send, sent by whom the test chooses."""

    def _call(self, model, method, *args, **kwargs):
        """Return the answer to a call, the name of the error if it was refused."""
        answer = self.url_open(
            "/web/dataset/call_kw",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                },
            },
        ).json()
        self.env.invalidate_all()
        if "error" in answer:
            return answer["error"]["data"]["name"].rsplit(".", 1)[-1]
        return answer["result"]

    def _log_in(self, role):
        if role == "public":
            return self.authenticate(None, None)
        login = "admin" if role == "admin" else f"life_{role}"
        return self.authenticate(login, login)


class TourCase(HttpCase):
    """A test in a real browser.

    Debian's package lacks a file that a bundle names, and any error in the console
    fails a tour: `./dev` puts an empty one there; for an Odoo that it did not obtain,
    the bundle goes without.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        try:
            file_path(SELFIES)
        except FileNotFoundError:
            cls.env["ir.asset"].create(
                {
                    "name": "no selfie segmentation",
                    "bundle": "web.assets_backend",
                    "directive": "remove",
                    "path": SELFIES,
                }
            )
