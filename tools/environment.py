"""The virtualenv: Odoo's own needs, ours, and the tools for tests and lint."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from . import debian, odoo_source
from .common import HOME, ROOT, Failure, lock, run, say, short_hash, step

VENV = HOME / "venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
REQUIREMENTS = [ROOT / "tools" / "requirements-odoo.txt", ROOT / "requirements.txt"]

# A script of its own: workers start their websocket process by its path.
ODOO_SCRIPT = """#!{python}
import sys

from odoo.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""


def ensure(odoo=None, groups=()):
    """Make Odoo and the virtualenv ready; quick when they are.

    :param odoo: an Odoo that is there already: a source folder or a .deb
    :param groups: names of dependency groups in pyproject.toml to install, too
    """
    with lock("setup"):
        folder = odoo_source.find(odoo)
        stamp = VENV / "made-from"
        made = stamp.read_text().splitlines() if stamp.exists() else []
        runtime = short_hash(
            str(ROOT),
            str(folder),
            odoo_source.identity(),
            sys.version_info[:2],
            [file.read_text() for file in REQUIREMENTS],
        )
        if not made or made[0] != runtime or not PYTHON.exists():
            stamp.unlink(missing_ok=True)
            _make_venv(folder)
            made = [runtime]
        for group in groups:
            lines = group_requirements(group)
            if (mark := f"{group} {short_hash(lines)}") not in made:
                with step(f"installing the tools for {group}"):
                    pip(*lines)
                made.append(mark)
        stamp.write_text("\n".join(made))


def versions():
    """What tells this Odoo with its Python packages from another."""
    found = metadata.distributions(path=[str(_site_packages())])
    addons = sorted(f"{d.name} {d.version}" for d in found if "odoo" in d.name)
    return [(VENV / "made-from").read_text().split()[0], *addons]


def odoo_folder():
    """The folder of the odoo package that is in use."""
    return Path((HOME / "odoo-path").read_text())


def group_requirements(group):
    """The requirements of a dependency group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return project["dependency-groups"][group]


def pip(*arguments):
    """Install with the virtualenv's pip."""
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    run([*command, *arguments], "pip install", log="pip.log", env=env)


def _make_venv(odoo):
    """Create or renew the virtualenv and install what Odoo and the addons need."""
    if not _usable():
        _create_venv()
    site = _site_packages()
    (site / "odoo19.pth").write_text(f"{odoo}\n")
    _declare_odoo(site)
    with step("installing Python requirements (250 MB)"):
        pip(*(word for file in REQUIREMENTS for word in ("-r", str(file))))
    script = BIN / "odoo"
    script.write_text(ODOO_SCRIPT.format(python=PYTHON))
    script.chmod(0o755)
    _link_wkhtmltopdf()


def _usable():
    """Whether the virtualenv works: it does not after its folder was moved."""
    pip_script = BIN / "pip"
    if not (PYTHON.exists() and pip_script.exists()):
        return False
    return str(VENV) in pip_script.read_text()


def _create_venv():
    """A virtualenv with pip, which Debian packages apart from Python."""
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run(
        [sys.executable, "-c", "import ensurepip"], capture_output=True, check=False
    ).returncode:
        debian.install(["python3-venv"], "Python cannot make a virtualenv here")
    with step("making a virtualenv"):
        run([sys.executable, "-m", "venv", VENV], "Making a virtualenv", log="venv.log")


def _site_packages():
    """The folder where the virtualenv keeps its packages."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(run([PYTHON, "-c", code], "Asking the virtualenv").strip())


def _declare_odoo(site):
    """Tell pip that odoo 19.0 is installed.

    The addons on the package index require it, and the index has no odoo 19.
    """
    folder = site / "odoo-19.0.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n"
    )
    (folder / "INSTALLER").write_text("dev\n")


def _link_wkhtmltopdf():
    """Put the patched wkhtmltopdf first in PATH, with the libraries it needs."""
    binary = BIN / "wkhtmltopdf-pack"
    script = BIN / "wkhtmltopdf"
    script.unlink(missing_ok=True)
    libraries = ""
    if (
        b"not found"
        in subprocess.run(["ldd", binary], capture_output=True, check=False).stdout
    ):
        try:
            with step("fetching libraries for PDF reports"):
                folder = odoo_source.fetch_pdf_libraries()
            libraries = f'LD_LIBRARY_PATH="{folder}" '
        except Failure as failure:
            say(f"  PDF reports will not work: {failure}")
    script.write_text(f'#!/bin/sh\n{libraries}exec "{binary}" "$@"\n')
    script.chmod(0o755)


def variables(server):
    """The environment in which Odoo, pytest and PostgreSQL's commands run."""
    env = {k: v for k, v in os.environ.items() if not re.match("PGDATABASE|ODOO_RC", k)}
    env.update(server.variables())
    env["PATH"] = os.pathsep.join([str(BIN), str(server.bin), env["PATH"]])
    env["FONTCONFIG_FILE"] = str(odoo_source.SOURCE / "fonts.conf")
    env["PYTHONUNBUFFERED"] = "1"
    # a process of Odoo that has to compile all of its code first takes twice as long
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env["PYTHONPYCACHEPREFIX"] = str(HOME / "pycache")
    return env
