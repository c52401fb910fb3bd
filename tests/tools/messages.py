"""The translations: `compile` them, `check` that they are complete, `update` them from code and templates.

Needs nothing from the system: Python strings are found by Babel, template strings by Django's own `templatize`.
"""

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ["site", "activities", "newsletter", "home", "templates"]
CATALOGUE = ROOT / "locale/ja/LC_MESSAGES/django.po"
SINGLE, PLURAL, CONTEXT, CONTEXT_PLURAL = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": SINGLE,
    "gettext": SINGLE,
    "gettext_lazy": SINGLE,
    "gettext_noop": SINGLE,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": CONTEXT,
    "pgettext_lazy": CONTEXT,
    "npgettext": CONTEXT_PLURAL,
    "npgettext_lazy": CONTEXT_PLURAL,
}
Key = tuple[str | None, str | tuple[str, ...]]


def compile_all(root: Path = ROOT / "locale") -> int:
    """Compile every catalogue under `root` that is newer than its compiled form; return how many."""
    count = 0
    for po in sorted(root.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalog = read_po(source, domain=po.stem)
        with mo.open("wb") as target:
            write_mo(target, catalog)
        count += 1
    return count


def _strings(path: Path):
    """Yield (key, is a format string) for each string of one file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # what templatize leaves of a template is no indented program
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    for _, message, _, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
        if message:
            yield context, message


def used_strings() -> dict[Key, Path]:
    """Every (context, msgid) of code and templates, with the first file that uses it."""
    used: dict[Key, Path] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            wanted = path.suffix == ".py" or (folder == "templates" and path.suffix in (".html", ".txt"))
            if wanted and path.is_file() and "migrations" not in path.parts:
                for key in _strings(path):
                    used.setdefault(key, path.relative_to(ROOT))
    return used


def known_strings(path: Path = CATALOGUE):
    """The messages of a catalogue by (context, msgid)."""
    with path.open("rb") as file:
        return {(message.context, message.id): message for message in read_po(file, locale="ja") if message.id}


def _words(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def _ids(key: Key) -> str:
    return key[1] if isinstance(key[1], str) else key[1][0]


def faults() -> list[str]:
    """What is missing, empty, fuzzy, wrong in its placeholders, or no longer used."""
    used, known, found = used_strings(), known_strings(), []
    for key, path in used.items():
        message = known.get(key)
        if message is None or not all(_words(message)):
            found.append(f"not translated: {_ids(key)!r} ({path})")
            continue
        if message.fuzzy:
            found.append(f"fuzzy: {_ids(key)!r} ({path})")
        allowed = set(re.findall(r"%\((\w+)\)", "".join(key[1]) if isinstance(key[1], tuple) else key[1]))
        for word in _words(message):
            if set(re.findall(r"%\((\w+)\)", word)) - allowed:
                found.append(f"wrong placeholder: {_ids(key)!r}")
    found += [f"no longer used: {_ids(key)!r}" for key in known if key not in used]
    return found


def update(extra: list[Path]) -> tuple[int, int]:
    """Write the catalogue anew from what is used, keeping translations (also those of `extra`); return (all, empty)."""
    known = {}
    for path in [*extra, CATALOGUE]:
        if path.is_file():
            known |= {key: message for key, message in known_strings(path).items() if all(_words(message))}
    catalog = Catalog(locale="ja", domain="django", project="assist-park", charset="utf-8", fuzzy=False)
    used = used_strings()
    empty = 0
    for key in sorted(used, key=lambda key: (_ids(key), key[0] or "")):
        context, message_id = key
        message = known.get(key)
        words = message.string if message else ""
        if isinstance(message_id, tuple):
            words = (words,) if isinstance(words, str) else words
        empty += message is None
        flags = ["python-format"] if re.search(r"%\(\w+\)", "".join(message_id)) else []
        catalog.add(message_id, words, context=context, flags=flags, locations=[(str(used[key]), None)])
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalog, width=0, omit_header=False, include_lineno=False)
    text = CATALOGUE.read_text(encoding="utf-8")
    text = re.sub(
        r'"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Language-Team|Report-Msgid-Bugs-To): .*\n',
        "",
        text,
    )
    CATALOGUE.write_text(re.sub(r"\A(#.*\n)+", "# Japanese words of the project.\n", text), encoding="utf-8")
    return len(used), empty


def main(arguments: list[str]) -> int:
    """Run one of the three verbs; return the exit code."""
    verb, *rest = arguments or [""]
    if verb == "compile":
        compile_all()
        return 0
    if verb == "check":
        found = faults()
        if found:
            print("", *found[:200], sep="\n")
        return 1 if found else 0
    if verb == "update":
        count, empty = update([Path(path) for path in rest])
        print(f"{count} strings, {empty} of them not translated yet")
        return 0
    print("usage: messages.py compile | check | update [other.po …]")
    return 2


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    sys.exit(main(sys.argv[1:]))
