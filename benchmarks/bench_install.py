"""What the addons add to the installation and to the loading of the registry."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from . import database, volume

CUSTOMERS = 100_000
PARTNERS = CUSTOMERS + int(CUSTOMERS * volume.CHILDREN)
ADDONS = ("crm_resource", "crm_resource_service", "crm_resource_reports")
GOAL_SECONDS = 10  # more CPU than in an empty database
GOAL_REGISTRY = 1.03
REPEATS = 9
# where Python keeps what it compiled: a server does not compile at every start
COMPILED = os.path.join(tempfile.gettempdir(), "bench_install_compiled")

FILL = """
    INSERT INTO res_partner (
        name, complete_name, active, type, is_company, autopost_bills, email, phone,
        city, commercial_company_name)
    SELECT 'Contact ' || n, 'Contact ' || n, TRUE, 'contact', TRUE, 'ask',
           'contact' || n || '@plain.example', '+49 30 ' || n, 'Bonn', 'Contact ' || n
      FROM GENERATE_SERIES(1, %s) n;
    UPDATE res_partner SET commercial_partner_id = id
     WHERE commercial_partner_id IS NULL;
"""
# in a process of its own: prints its CPU seconds and those of its backends
LOAD = """
import sys, time
from pathlib import Path
from odoo.modules.registry import Registry
from odoo.tools import config

settings, name, *addons = sys.argv[1:]
config.parse_config(["-c", settings, "--no-http", "--log-level=error"],
                    setup_logging=True)
start = time.process_time()
registry = Registry.new(name, update_module=bool(addons), install_modules=addons)
python = time.process_time() - start
with registry.cursor() as cr:
    cr.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
               " AND backend_type = 'client backend'")
    spent = [Path("/proc", str(pid), "schedstat").read_text() for pid, in cr.fetchall()]
print(python + sum(int(line.split()[0]) for line in spent) / 1e9)
"""


def run(bench):
    """The sizes do not matter here: it is always 115 000 contacts."""
    empty, full = "bench_install_empty", "bench_install_full"
    database.copy(database.base_template(), empty)
    database.copy(database.base_template(), full)
    with database.connection(full) as cr:
        cr.execute(FILL, (PARTNERS,))
    database.vacuum(full)
    try:
        compare_installs(bench, empty, full)
        compare_registries(bench, empty)
    finally:
        database.drop(empty)
        database.drop(full)


def compare_installs(bench, empty, full):
    """Install once: it is seconds that are counted, not parts of them."""
    cpu_empty, wall_empty = install(empty)
    cpu_full, wall_full = install(full)
    more = cpu_full - cpu_empty
    bench.report(
        f"install with {PARTNERS} contacts",
        f"{cpu_full:.1f} s ({wall_full:.1f} s on the clock)",
        f"empty database {cpu_empty:.1f} s ({wall_empty:.1f} s)",
        f"{more:+.1f} s",
        f"goal <= +{GOAL_SECONDS} s",
        more <= GOAL_SECONDS,
    )


def install(name):
    """Return the CPU and the wall seconds of installing the addons."""
    start = time.monotonic()
    return load(name, *ADDONS), time.monotonic() - start


def load(name, *addons):
    """Load a registry in a new process, installing addons, and return CPU seconds."""
    command = [sys.executable, "-c", LOAD, os.environ["CRM_RESOURCE_CONFIG"], name]
    env = {**os.environ, "PYTHONPYCACHEPREFIX": COMPILED}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [*command, *addons], check=True, stdout=subprocess.PIPE, env=env
    )
    return float(done.stdout.split()[-1])


def compare_registries(bench, installed):
    """Load the registry of a database with the addons, and of one without."""
    names = (installed, database.base_template())
    taken = [[load(name) for name in names] for _turn in range(REPEATS + 1)][1:]
    ours, base = map(statistics.median, zip(*taken, strict=True))
    bench.report_seconds(
        "registry load", ours, base, GOAL_REGISTRY, "without the addons"
    )
