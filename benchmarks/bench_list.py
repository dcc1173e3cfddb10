"""The first page of the customer list beside that of the core contact list."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from .measure import Meter

GOAL = 1.1
ADDONS = {"crm_resource", "crm_resource_service", "crm_resource_reports"}
ROWS = 80
BOARD_CARDS = 20  # of a group, as the web client asks for at first
COUNT_LIMIT = 10_001  # the web client does not count further
CUSTOMERS = "crm_resource.res_partner_action_customer"
CUSTOMER_LIST = "crm_resource.res_partner_view_list_customer"
CONTACTS = "contacts.action_contacts"
CONTACT_LIST = "base.view_partner_tree"


def run(bench):
    """Measure the columns shown by default, then all that the web client asks for: it
    reads optional columns, too, while they are hidden."""
    for label, with_hidden in (
        ("customer list, shown columns", False),
        ("customer list, all columns the client asks for", True),
    ):
        seconds = {}
        for size in bench.sizes:
            with bench.customers(size) as env:
                env = env(user=env.ref("base.user_admin"))
                ours, peer = Meter(env.cr).compare(
                    get_page(env, CUSTOMERS, CUSTOMER_LIST, with_hidden),
                    get_page(env, CONTACTS, CONTACT_LIST, with_hidden),
                    prepare=env.invalidate_all,
                    repeats=15,
                )
            name = f"{label}, {size} customers"
            bench.report_seconds(name, ours, peer, GOAL, "core contact list")
            seconds[size] = ours
        bench.report_growth(label, seconds)


def get_page(env, action, view, with_hidden):
    """Return a function that reads what the web client reads to show a list."""
    action = env["ir.actions.act_window"]._for_xml_id(action)
    known = env["ir.actions.actions"]._get_eval_context()
    context = safe_eval(action["context"] or "{}", dict(known))
    domain = safe_eval(action["domain"] or "[]", dict(known))
    model = env[action["res_model"]].with_context(**context, bin_size=True)
    specification = get_specification(model, env.ref(view).id, with_hidden)

    def read():
        model.web_search_read(
            domain, specification, limit=ROWS, order="", count_limit=COUNT_LIMIT
        )

    return read


def get_board(env, action, view, group_by, is_core=False):
    """Return a function that reads what the web client reads to show a board: cards by
    group, sums, and the bars of the groups; all of it or only what is the core's."""
    action = env["ir.actions.act_window"]._for_xml_id(action)
    known = env["ir.actions.actions"]._get_eval_context()
    context = safe_eval(action["context"] or "{}", dict(known))
    domain = safe_eval(action["domain"] or "[]", dict(known))
    model = env[action["res_model"]].with_context(**context, bin_size=True)
    arch = etree.fromstring(model.get_view(env.ref(view).id, "kanban")["arch"])
    nodes = {node.get("name"): node for node in arch.iter("field")}
    specification = {
        name: get_field_specification(model, node)
        for name, node in nodes.items()
        if not is_core or not ADDONS.issuperset(model._fields[name]._modules)
    }
    bar = arch.find(".//progressbar")

    def read():
        model.web_read_group(
            domain,
            [group_by],
            [f"{bar.get('sum_field')}:sum"],
            auto_unfold=True,
            unfold_read_specification=specification,
            unfold_read_default_limit=BOARD_CARDS,
        )
        model.read_progress_bar(
            domain,
            group_by,
            {"field": bar.get("field"), "colors": safe_eval(bar.get("colors"))},
        )

    return read


def get_specification(model, view_id, with_hidden):
    """Return what the web client asks for, from the list view.

    Columns without a label and invisible ones are read, too."""
    arch = etree.fromstring(model.get_view(view_id, "list")["arch"])
    return {
        node.get("name"): get_field_specification(model, node)
        for node in arch.iterchildren("field")
        if with_hidden or node.get("optional") != "hide"
    }


def get_field_specification(model, node):
    """What is read of one column, as the web client's ``getFieldsSpec`` has it."""
    field = model._fields[node.get("name")]
    if field.type == "many2one":
        return {"fields": {"display_name": {}}}
    if field.type in ("one2many", "many2many") and node.get("widget"):
        names = ["display_name"]
        if "color" in model.env[field.comodel_name]._fields:
            names.append("color")
        return {"fields": {name: {} for name in names}}
    return {}
