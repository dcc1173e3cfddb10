"""Odoo 19.0 Community: the one that is there, or Debian's package of it."""

import importlib.util
import os
import re
import shutil
from pathlib import Path

from . import debian
from .common import HOME, Failure, say, step

SOURCE = HOME / "src"
PACKAGES = Path("usr/lib/python3/dist-packages")
ODOO_SUITE = "sid"  # the only suite that has odoo-19
# Not sid: its newer fonts moved the files that odoo-19 links to.
LINKED_SUITE = "trixie"
LINKED = (
    "fonts-dejavu-core",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
CHINESE_FONT = "fonts-wqy-microhei"
# What wkhtmltopdf needs of X and a bare machine lacks; from the machine's own suite.
PDF_LIBRARIES = (
    "libxrender1",
    "libxext6",
    "libx11-6",
    "libxcb1",
    "libxau6",
    "libxdmcp6",
    "libfontconfig1",
    "libfreetype6",
    "libpng16-16",
    "libbrotli1",
    "libexpat1",
    "libbsd0",
    "libmd0",
)
# 830 MB of the package are translations; the rest of the list is left out because
# it is a second copy of the addons, or country charts that no other addon needs.
LANGUAGES = ("zh_CN", "zh_TW")
COUNTRIES = ("cn",)
LEFT_OUT = re.compile(
    rf"/dist-packages/(addons|doc|setup|odoo-[^/]*)(/|$)"
    rf"|/odoo/addons/l10n_(?!({'|'.join(COUNTRIES)})(_|/|$))"
    rf"|/i18n/(?!({'|'.join(LANGUAGES)})\.po$)[^/]+$"
)


def find(given):
    """Return the folder that holds the odoo package, obtaining it when needed."""
    if given:
        return _given(Path(given).expanduser().resolve())
    record = HOME / "odoo-path"
    if record.exists() and (found := Path(record.read_text())).exists():
        return found
    unpacked = SOURCE / PACKAGES
    if not identity() or not unpacked.exists():
        unpacked = _importable() or _obtain()
    return _remember(unpacked)


def _given(path):
    """Use what --odoo names: a source folder, an unpacked package or a .deb."""
    if path.suffix == ".deb" and path.is_file():
        if _deb_stamp(path) != _read(SOURCE / "made-from"):
            _build(path)
        return _remember(SOURCE / PACKAGES)
    for folder in (path, path / PACKAGES):
        if (folder / "odoo" / "release.py").exists():
            _check_version(folder)
            return _remember(folder)
    raise Failure(f"--odoo {path}: there is no Odoo source folder and no .deb of it.")


def _remember(folder):
    """Note the folder, so that later calls need no option."""
    if not (SOURCE / "usr/share/fonts").exists():
        _fetch_fonts()
    _write_font_settings()
    (HOME / "odoo-path").write_text(str(folder))
    return folder


def _importable():
    """The folder of an Odoo 19.0 that this Python can import, if there is one."""
    spec = importlib.util.find_spec("odoo")
    for place in (spec and spec.submodule_search_locations) or ():
        folder = Path(place).parent
        if (folder / "odoo" / "release.py").exists():
            _check_version(folder)
            say(f"· using the Odoo in {folder}")
            return folder
    return None


def _check_version(folder):
    """Refuse an Odoo that the addons were not written for."""
    text = (folder / "odoo" / "release.py").read_text()
    found = re.search(r"version_info = \((\d+), (\d+)", text)
    version = ".".join(found.groups()) if found else "unknown"
    if version != "19.0":
        raise Failure(f"{folder} is Odoo {version}: the addons need Odoo 19.0.")


def _obtain():
    """Fetch Debian's package; ODOO_DEB stands in when the mirror lacks it."""
    apt = HOME / "apt"
    try:
        with step("reading the Debian mirror's indexes"):
            options = debian.open_mirror(apt, [ODOO_SUITE, LINKED_SUITE])
        with step("fetching Odoo 19 (123 MB)"):
            deb = _fetch_odoo(options, apt)
        _build(deb, options)
    finally:
        shutil.rmtree(apt, ignore_errors=True)
    return SOURCE / PACKAGES


def _fetch_odoo(options, apt):
    """The mirror's package, or the one that ODOO_DEB names."""
    try:
        return debian.download(options, apt / "odoo", [f"odoo-19/{ODOO_SUITE}"])[0]
    except Failure as failure:
        spare = os.environ.get("ODOO_DEB")
        if spare and Path(spare).is_file():
            say(f"  the mirror has no odoo-19: taking {spare}")
            return Path(spare).resolve()
        raise Failure(
            f"{str(failure).rstrip('.')}. Give an Odoo 19.0 with --odoo PATH "
            "(source folder or .deb) or name a .deb of odoo-19 in ODOO_DEB."
        ) from failure


def _build(deb, options=None):
    """Unpack Odoo and what it links to into SOURCE, which appears when complete."""
    apt, target = HOME / "apt", HOME / "src.part"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    options = options or debian.open_mirror(apt, [LINKED_SUITE])
    with step("fetching fonts and libraries"):
        names = [f"{name}/{LINKED_SUITE}" for name in [*LINKED, CHINESE_FONT]]
        parts = debian.download(options, apt / "debs", names)
    with step("unpacking Odoo"):
        debian.unpack(deb, target, lambda name: not LEFT_OUT.search(name))
        for part in parts:
            debian.unpack(part, target)
        _replace_missing_asset(target / PACKAGES)
        _check_links(target)
    (target / "made-from").write_text(_deb_stamp(deb))
    shutil.rmtree(SOURCE, ignore_errors=True)
    target.rename(SOURCE)
    _check_version(SOURCE / PACKAGES)


def identity():
    """What tells the unpacked Odoo from another."""
    return _read(SOURCE / "made-from")


def _deb_stamp(deb):
    """What tells one .deb from another."""
    return f"{deb.name} {deb.stat().st_size}"


def _read(path):
    """A file's text, or nothing."""
    return path.read_text() if path.exists() else ""


def _replace_missing_asset(packages):
    """Give the client the file that Debian removes and mail still asks for.

    Without it every page logs an error, and every browser test fails.
    """
    folder = packages / "odoo/addons/mail/static/lib/selfie_segmentation"
    if (packages / "odoo").exists() and not folder.exists():
        folder.mkdir(parents=True)
        (folder / "selfie_segmentation.js").write_text("/* no background blur */\n")


def _check_links(folder):
    """Refuse a half-complete unpacking: a dangling link is a missing icon."""
    for path in (folder / "usr").rglob("*"):
        if path.is_symlink() and not path.exists():
            raise Failure(f"Unpacking Odoo left a dangling link, {path}: report it.")


def _fetch_fonts():
    """The Chinese font alone, for an Odoo that was there already."""
    apt = HOME / "apt"
    try:
        with step("fetching a Chinese font for PDF reports"):
            options = debian.open_mirror(apt, [LINKED_SUITE])
            names = [f"{CHINESE_FONT}/{LINKED_SUITE}"]
            for part in debian.download(options, apt / "debs", names):
                debian.unpack(part, SOURCE)
    except Failure as failure:
        say(f"  PDF reports may lack Chinese: {failure}")
    finally:
        shutil.rmtree(apt, ignore_errors=True)


def _write_font_settings():
    """Let fontconfig find the unpacked fonts beside the machine's own."""
    SOURCE.mkdir(parents=True, exist_ok=True)
    (SOURCE / "fonts.conf").write_text(
        f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{SOURCE}/usr/share/fonts</dir>
  <cachedir>{HOME}/fontcache</cachedir>
</fontconfig>
"""
    )


def fetch_pdf_libraries():
    """Unpack wkhtmltopdf's libraries and return their folder."""
    apt = HOME / "apt"
    try:
        options = debian.open_mirror(apt, [debian.release()])
        for part in debian.download(options, apt / "debs", PDF_LIBRARIES):
            debian.unpack(part, SOURCE)
    finally:
        shutil.rmtree(apt, ignore_errors=True)
    return next((SOURCE / "usr/lib").glob("*/libXrender.so.1")).parent
