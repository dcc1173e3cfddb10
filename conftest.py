"""Give test classes outside an addon the tags that Odoo gives to its own, and let
several workers share the files of attachments."""

import os

from odoo.tests import BaseCase, TransactionCase

_original = BaseCase.__dict__["__init_subclass__"].__func__


def _init_subclass(cls):
    """Tag what Odoo leaves untagged: classes not named odoo.addons.*"""
    _original(cls)
    if getattr(cls, "test_tags", None) is None:
        cls.test_tags = {"standard", "post_install"}
        cls.test_module = cls.__module__


BaseCase.__init_subclass__ = classmethod(_init_subclass)


if "PYTEST_XDIST_WORKER" in os.environ:
    # a worker would delete the files that only the databases of others know of; they
    # all go at the end, with the database
    TransactionCase._gc_filestore = classmethod(lambda cls: None)
