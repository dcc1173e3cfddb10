"""What no other linter looks for, line by line."""

import re
import xml.etree.ElementTree as ET

from .common import ADDONS, ROOT

IGNORED = {"__pycache__", "node_modules", "LICENSE"}
BINARY = {".png", ".jpg", ".gif", ".ico", ".svg", ".xlsx", ".xz", ".gz", ".pdf", ".mo"}
# Written so that this file does not contain what it forbids.
REGISTRIES = (
    "pypi|pythonhosted|npmjs|yarnpkg|unpkg|jsdelivr|debian|ubuntu|crates|docker"
)
FORBIDDEN = {
    rf"\b({REGISTRIES})\.(org|com|net|io)\b": "names a package registry's host",
    r"(?<![\w.])/(root|home|work|Users)/\w": "holds a path of one machine",
    r"\b(TO[D]O|FIX[M]E)\b": "holds a note of unfinished work",
    r"^\s*(from|import)\s+odoo\.(orm|osv)\b": "imports what Odoo keeps to itself",
}
EXPLAINED_LINES = 3


def findings():
    """Every finding as file:line: what."""
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        hidden = any(part.startswith(".") for part in relative.parents[0].parts)
        if IGNORED.intersection(relative.parts) or not path.is_file():
            continue
        if hidden and relative.parts[0] != ".ci":
            continue
        if path.suffix == ".xml":
            yield from _unparsable(relative, path)
        if path.suffix not in BINARY:
            yield from _check_lines(relative, path)


def _unparsable(relative, path):
    """An XML file that no parser accepts."""
    try:
        ET.parse(path)
    except ET.ParseError as error:
        yield f"{relative}:{error.position[0]}: is not valid XML: {error}"


def _check_lines(relative, path):
    """Lines that hold what is forbidden, and unexplained sudo in the addons."""
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        yield f"{relative}:1: is neither UTF-8 nor a known kind of binary file"
        return
    code = path.suffix == ".py" and relative.parts[0] in ADDONS
    for number, line in enumerate(lines, 1):
        for pattern, what in FORBIDDEN.items():
            if re.search(pattern, line):
                yield f"{relative}:{number}: {what}"
        if code and ".sudo()" in line and "tests" not in relative.parts:
            near = lines[max(0, number - 1 - EXPLAINED_LINES) : number]
            if not any("#" in text for text in near):
                yield f"{relative}:{number}: sudo() without a comment that says why"
