"""Compare or merge .pot and .po files; runs in the virtualenv, which has polib."""

import re
import sys
from pathlib import Path

import polib

LANGUAGE = "zh_CN"
SHOWN = 20
# punctuation of Latin text right after Chinese
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”）》][,;:?!(]")


def content(catalogue):
    """What counts in a catalogue: its terms, where they stand, their translations."""
    return [
        (e.msgctxt, e.msgid, e.msgstr, e.comment, sorted(e.occurrences), e.fuzzy)
        for e in catalogue
        if not e.obsolete
    ]


def key(entry):
    """What a translation belongs to."""
    return entry.msgctxt, entry.msgid


def check(addon, exported):
    """Findings about an addon's two files."""
    folder = Path(addon) / "i18n"
    pot, po = folder / f"{addon}.pot", folder / f"{LANGUAGE}.po"
    if not pot.exists() or content(polib.pofile(str(pot))) != content(exported):
        yield f"{pot}: is out of date: call ./dev i18n"
    have = {key(e): e for e in polib.pofile(str(po))} if po.exists() else {}
    for entry in exported:
        found = have.get(key(entry))
        if not found or not found.msgstr.strip():
            yield f"{po}: no translation of {entry.msgid!r}"
        elif found.fuzzy:
            yield f"{po}: a doubtful (fuzzy) translation of {entry.msgid!r}"
        elif HALF_WIDTH.search(found.msgstr):
            yield f"{po}: half-width punctuation in {found.msgstr!r}"


def update(addon, exported):
    """Renew an addon's two files, keeping what is translated."""
    folder = Path(addon) / "i18n"
    folder.mkdir(exist_ok=True)
    _save(exported, folder / f"{addon}.pot")
    path = folder / f"{LANGUAGE}.po"
    have = {key(e): e for e in polib.pofile(str(path))} if path.exists() else {}
    exported.metadata["Language"] = LANGUAGE
    exported.metadata["Plural-Forms"] = "nplurals=1; plural=0;"
    for entry in exported:
        if found := have.get(key(entry)):
            entry.msgstr, entry.flags = found.msgstr, found.flags
    _save(exported, path)
    empty = sum(not entry.msgstr.strip() for entry in exported)
    print(f"{path}: {len(exported)} terms, {empty} to be translated")


def _save(catalogue, path):
    """Write a file only when more than its date changed."""
    if path.exists() and content(polib.pofile(str(path))) == content(catalogue):
        return
    catalogue.save(str(path))
    print(f"{path}: renewed")


def main(action, folder, *addons):
    """Check or update the files of all addons."""
    failed = 0
    for addon in addons:
        exported = polib.pofile(str(Path(folder) / f"{addon}.pot"))
        if action == "update":
            update(addon, exported)
            continue
        found = list(check(addon, exported))
        failed += len(found)
        for line in found[:SHOWN]:
            print(line)
        if len(found) > SHOWN:
            print(f"{addon}: and {len(found) - SHOWN} more")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
