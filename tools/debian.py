"""Packages of Debian: fetched and unpacked into a folder, or installed by root."""

import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from .common import Failure, run

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def release():
    """The code name of this machine's Debian, such as bookworm."""
    try:
        text = Path("/etc/os-release").read_text()
    except FileNotFoundError:
        text = ""
    found = re.search(r"^VERSION_CODENAME=\"?(\w+)", text, re.M)
    return found.group(1) if found else ""


def mirror(folder):
    """The Debian mirror in this machine's own apt sources.

    apt-get prints the addresses of its indexes without fetching anything, also
    on a machine where nobody has updated them yet and for any user.
    """
    command = ["apt-get", *_own_folders(folder), "update", "--print-uris"]
    uris = run(command, "Reading this machine's apt sources")
    found = re.search(rf"^'(.+?)/dists/{release()}/InRelease'", uris, re.M)
    if not found or not Path(KEYRING).exists():
        raise Failure(
            "This machine's apt has no Debian mirror to fetch Odoo 19 from: "
            "give an Odoo 19.0 (source folder or .deb) with --odoo PATH."
        )
    return found.group(1)


def open_mirror(folder, suites):
    """Read the indexes of some suites into a folder; return the apt options for it.

    Nothing outside the folder is read but the mirror's address, the keys and
    the machine's proxy settings, and nothing outside is changed.
    """
    for part in ("state/lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    arch = run(["dpkg", "--print-architecture"], "Asking for the architecture").strip()
    address = mirror(folder)
    lines = [
        f"deb [signed-by={KEYRING} arch={arch}] {address} {suite} main\n"
        for suite in dict.fromkeys(suites)
    ]
    (folder / "sources.list").write_text("".join(lines))
    options = _own_folders(folder) + _settings(folder)
    run(["apt-get", *options, "update"], "Reading the Debian mirror", log="apt.log")
    return options


def download(options, folder, packages):
    """Fetch packages (name/suite) into a folder and return their files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = ["apt-get", "-q", *options, "download", *packages]
    run(command, f"Fetching {packages[0]}", log="apt.log", cwd=folder)
    return sorted(folder.glob("*.deb"))


def unpack(deb, folder, wanted=None):
    """Unpack a .deb, or the files of it whose names the filter wants."""
    dpkg = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
    try:
        with dpkg.stdout, tarfile.open(fileobj=dpkg.stdout, mode="r|") as archive:
            members = (m for m in archive if wanted is None or wanted(m.name))
            # Python 3.11.2 of Debian 12 knows no filters
            archive.extraction_filter = getattr(tarfile, "tar_filter", None)
            archive.extractall(folder, members)
    except tarfile.TarError as error:
        raise Failure(f"{deb} cannot be unpacked: {error}.") from error
    finally:
        code = dpkg.wait()
    if code:
        raise Failure(f"{deb} is no Debian package.")


def install_command(packages):
    """The one command that root gives to install packages."""
    return f"apt-get install -y --no-install-recommends {' '.join(packages)}"


def install(packages, purpose):
    """Install packages as root, or say which command root has to give."""
    if os.geteuid():
        raise Failure(f"{purpose}: as root, give `{install_command(packages)}`.")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    what = f"Installing {' and '.join(packages)}"
    run(["apt-get", "-q", "update"], what, log="apt-install.log", env=env)
    run(install_command(packages).split(), what, log="apt-install.log", env=env)


def _own_folders(folder):
    """The options that make apt keep its state in a folder of ours."""
    return ["-o", f"Dir::State={folder}/state", "-o", f"Dir::Cache={folder}/cache"]


def _settings(folder):
    """The options that make apt read our sources and nobody else's."""
    user = run(["id", "-un"], "Asking for the user's name").strip()
    settings = {
        "Dir::State::status": f"{folder}/status",
        "Dir::Etc::sourcelist": f"{folder}/sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        # root's apt would fetch as a user who cannot write here
        "APT::Sandbox::User": user,
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
    }
    return [
        word for key, value in settings.items() for word in ("-o", f"{key}={value}")
    ]
