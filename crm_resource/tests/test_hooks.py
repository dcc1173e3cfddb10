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

    def test_documents_follow_their_customers(self):
        """Work on many customers by SQL refreshes who reaches their documents."""
        mixin = self.env.registry["crm.resource.document.mixin"]
        models = {
            name
            for name, model in self.env.registry.items()
            if not model._abstract and issubclass(model, mixin)
        }
        documents = self.env["res.partner"]._get_document_models()
        self.assertEqual(sorted(documents), sorted(models))

    def test_start_blocks_can_be_read(self):
        for user in (self.salesperson, self.reviewer, self.clerk):
            start = self.env["crm.resource.start"].with_user(user)
            for block in start.get_blocks():
                content = start.get_block(block["key"])
                self.assertEqual(
                    content.keys(), {"rows", "figures", "has_more", "count"}
                )
                if block["action"]:
                    self.assertTrue(self.env.ref(block["action"]))

    def test_timeline_sources_can_be_read(self):
        sources = self.env["res.partner"]._get_timeline_sources()
        readable = self.env["res.partner"]._get_readable_sources()
        self.assertEqual(len(readable), len(sources), "two sources have one key")
        for source in sources:
            fields = self.env[source["model"]]._fields
            for name in ("date", "title", "text", "user", "amount", "currency"):
                if source.get(f"{name}_field"):
                    self.assertIn(source[f"{name}_field"], fields)
            self.assertTrue(source.get("title_field") or source.get("get_titles"))
