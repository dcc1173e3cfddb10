"""Odoo's command, with its tests of modules run when everything is loaded.

Odoo runs most tests of a module when just this one was installed: then it knows nothing
of addons on top. Tests that need a browser or a server are left out.
"""

import sys

from odoo.cli import main
from odoo.tests import HttpCase, loader
from odoo.tests.suite import OdooSuite

_make_suite = loader.make_suite


def make_suite(module_names, position="at_install"):
    """Return the tests of both positions in the last one."""
    positions = ("at_install", "post_install") if position == "post_install" else ()
    return OdooSuite(
        test
        for position in positions
        for test in _make_suite(module_names, position)
        if not isinstance(test, HttpCase)
    )


loader.make_suite = make_suite
sys.exit(main())
