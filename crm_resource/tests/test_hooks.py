from odoo.tests import tagged

from .common import CrmResourceCommon


@tagged("post_install", "-at_install")
class TestHooks(CrmResourceCommon):
    """What is registered in the hooks names models and fields that exist."""

    def test_handover_models_name_a_person(self):
        for kind in self.env["res.users"]._get_handover_models():
            fields = self.env[kind.model]._fields
            self.assertEqual(fields[kind.user].comodel_name, "res.users")
            if kind.team:
                self.assertEqual(fields[kind.team].comodel_name, "crm.team")

    def test_start_blocks_can_be_read(self):
        for block in (
            self.env["res.users"].with_user(self.salesperson)._get_start_blocks()
        ):
            records = self.env[block["model"]].with_user(self.salesperson)
            rows = records.search_read(block["domain"], block["fields"], limit=1)
            self.assertIsInstance(rows, list)

    def test_timeline_sources_can_be_read(self):
        customer = self._make_customer()
        for source in self.env["res.partner"]._get_timeline_sources():
            records = self.env[source["model"]].search(
                [(source["partner_field"], "=", customer.id)],
                order=source["date_field"],
            )
            self.assertEqual(
                records.mapped(source["title_field"]),
                self.new if source["kind"] == "level" else [],
            )
