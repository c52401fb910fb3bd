"""A file of subscribers as Excel and people write it, read into rows and faults. Pure: no database, no clock.

UTF-8 with or without its mark, cp932, and the UTF-16 of Excel's "Unicode text"; commas, semicolons or tabs between the
cells; quotes, line breaks inside them, any kind of line end. A fault names the line of the file, the value and what is
wrong with it; nothing is guessed.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from center.intake.addresses import NotAnAddress, normalise_address
from center.japanese.dates import ERAS

MAX_ROWS = 5_000
MAX_BYTES = 1_000_000
MAX_VALUE = 60
"""Characters of a wrong value that are shown again."""
EARLIEST_YEAR = 1990

COLUMNS = {
    "email": ("address", "email", "e-mail", "mail", "メールアドレス", "アドレス", "メール", "電子メール"),
    "locale": ("language", "lang", "locale", "言語", "ことば", "言葉", "メールの言葉", "メールのことば"),
    "format": ("format", "form of the mail", "形式", "形", "メールの形", "メール形式"),
    "topics": ("topics", "topic", "kinds of mail", "種類", "メールの種類", "届くもの"),
    "source": (
        "source",
        "how they signed up",
        "申込方法",
        "申し込み方法",
        "申込みの方法",
        "申し込みの方法",
        "受付方法",
    ),
    "consented_on": (
        "consented_on",
        "date of consent",
        "date",
        "同意日",
        "同意した日",
        "申込日",
        "申し込み日",
        "受付日",
    ),
}
LANGUAGES = {
    "ja": ("ja", "日本語", "japanese"),
    "ja-x-easy": ("ja-x-easy", "easy", "やさしい日本語", "easy japanese"),
    "en": ("en", "英語", "english"),
}
FORMATS = {
    "html": ("html", "大きな文字と見出しつき", "大きな文字", "large letters and headings"),
    "text": ("text", "テキスト", "文字だけ", "文字のみ", "text only"),
}
SOURCES = {
    "paper": ("paper", "紙", "申込書", "用紙"),
    "fax": ("fax", "ファクス", "ファックス", "ふぁっくす"),
    "counter": ("counter", "窓口", "来館"),
    "phone": ("phone", "電話", "tel"),
    "web": ("web", "site", "サイト", "ホームページ"),
    "import": ("import", "取り込み", "取込", "名簿"),
}
_TOPIC_SEPARATORS = re.compile(r"[、，,;；・/／\n]+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s+[\d:]+)?")
_ERA_DATE = re.compile(r"(令和|平成|昭和|[RHS])\s*(元|\d{1,2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和"}
_GUARDED = re.compile(r"'(?=[=+\-@])")


class FaultCode(StrEnum):
    """What can be wrong with a file; the words stand with the screens."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    NO_HEADINGS = "no_headings"
    NO_ADDRESS_COLUMN = "no_address_column"
    TWICE_IN_HEADINGS = "twice_in_headings"
    TOO_MANY_ROWS = "too_many_rows"
    OPEN_QUOTE = "open_quote"
    TOO_MANY_CELLS = "too_many_cells"
    ADDRESS = "address"
    LANGUAGE = "language"
    FORMAT = "format"
    TOPIC = "topic"
    NO_TOPIC = "no_topic"
    SOURCE = "source"
    NO_SOURCE = "no_source"
    DATE = "date"
    NO_DATE = "no_date"
    FUTURE = "future"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the line of the file (1 is the first), the value, and for addresses the detail."""

    line: int
    code: FaultCode
    value: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Row:
    """One subscriber of the file, with every value known."""

    line: int
    email: str
    email_norm: str
    locale: str
    format: str
    topics: tuple[int, ...]
    source: str
    consented_on: date


@dataclass(frozen=True)
class Defaults:
    """What holds for cells that are empty. Without a source or a date, an empty cell is a fault."""

    locale: str = "ja"
    format: str = "html"
    topics: tuple[int, ...] = ()
    source: str = ""
    consented_on: date | None = None


@dataclass
class Sheet:
    """What a file holds: rows without any fault, all faults by line, and the names of columns that are not used."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    encoding: str = ""
    row_count: int = 0


def read_sheet(content: bytes, *, defaults: Defaults, topics: Mapping[str, int], today: date) -> Sheet:
    """Read a file of subscribers. `topics` maps the names and address parts of the kinds of mail to their ids."""
    sheet = Sheet()
    text, sheet.encoding, unreadable = decode(content)
    if unreadable:
        sheet.faults = unreadable
        return sheet
    lines = list(_records(text, sheet.faults))
    if not lines:
        sheet.faults = sheet.faults or [Fault(1, FaultCode.EMPTY)]
        return sheet
    places = _headings(*lines[0], sheet)
    if not places:
        return sheet
    sheet.row_count = len(lines) - 1
    if sheet.row_count > MAX_ROWS:
        sheet.faults.append(Fault(lines[MAX_ROWS + 1][0], FaultCode.TOO_MANY_ROWS, str(sheet.row_count)))
        return sheet
    known_topics = {_plain(name): pk for name, pk in topics.items()}
    for line, cells in lines[1:]:
        _read_row(line, cells, places, len(lines[0][1]), sheet, defaults, known_topics, today)
    return sheet


def decode(content: bytes) -> tuple[str, str, list[Fault]]:
    """The text of a file, the name of its encoding, and for each line that cannot be read a fault with its bytes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "UTF-16", []
        except UnicodeDecodeError:
            return "", "UTF-16", [Fault(1, FaultCode.UNREADABLE)]
    body = content.removeprefix(b"\xef\xbb\xbf")
    marked = len(body) < len(content)
    tried = [("utf-8", "UTF-8")] if marked else [("utf-8", "UTF-8"), ("cp932", "Shift_JIS (cp932)")]
    found: list[tuple[str, list[Fault]]] = []
    for codec, name in tried:
        try:
            return body.decode(codec), name, []
        except UnicodeDecodeError:
            found.append((name, _unreadable_lines(body, codec)))
    name, faults = min(found, key=lambda one: len(one[1]))
    return "", name, faults


def _unreadable_lines(body: bytes, codec: str) -> list[Fault]:
    faults = []
    for line, raw in enumerate(re.split(rb"\r\n|\r|\n", body), start=1):
        try:
            raw.decode(codec)
        except UnicodeDecodeError as error:
            wrong = " ".join(f"0x{byte:02X}" for byte in raw[error.start : error.end])
            around = raw.decode(codec, errors="replace")
            faults.append(Fault(line, FaultCode.UNREADABLE, _short(around), wrong))
    return faults


def _records(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The lines of the table that hold anything, each with the number of the line it begins on."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(begins, FaultCode.OPEN_QUOTE, detail=str(error)))


def _headings(line: int, cells: list[str], sheet: Sheet) -> dict[str, int]:
    """Where each column stands; empty with a fault where the file cannot be read at all."""
    names = {_plain(name): column for column, known in COLUMNS.items() for name in known}
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = names.get(_plain(cell))
        if column is None:
            if cell.strip():
                sheet.unused.append(_short(cell.strip()))
        elif column in places:
            sheet.faults.append(Fault(line, FaultCode.TWICE_IN_HEADINGS, _short(cell)))
            return {}
        else:
            places[column] = place
    if "email" in places:
        return places
    code = FaultCode.NO_HEADINGS if any("@" in cell for cell in cells) else FaultCode.NO_ADDRESS_COLUMN
    sheet.faults.append(Fault(line, code, _short("、".join(cells))))
    return {}


def _read_row(
    line: int,
    cells: list[str],
    places: dict[str, int],
    width: int,
    sheet: Sheet,
    defaults: Defaults,
    topics: dict[str, int],
    today: date,
) -> None:
    value = {column: cells[place].strip() if place < len(cells) else "" for column, place in places.items()}
    faults: list[Fault] = []
    if any(cell.strip() for cell in cells[width:]):
        faults.append(Fault(line, FaultCode.TOO_MANY_CELLS, _short("、".join(filter(None, cells[width:])))))
    email = email_norm = ""
    typed = _GUARDED.sub("", value["email"], count=1)
    try:
        email, email_norm = normalise_address(typed)
    except NotAnAddress as error:
        faults.append(Fault(line, FaultCode.ADDRESS, _short(typed), error.code))
    locale = _choice(value.get("locale", ""), LANGUAGES, defaults.locale)
    if not locale:
        faults.append(Fault(line, FaultCode.LANGUAGE, _short(value["locale"])))
    form = _choice(value.get("format", ""), FORMATS, defaults.format)
    if not form:
        faults.append(Fault(line, FaultCode.FORMAT, _short(value["format"])))
    wanted = _topics(line, value.get("topics", ""), topics, defaults.topics, faults)
    source = _choice(value.get("source", ""), SOURCES, defaults.source)
    if not source:
        code = FaultCode.SOURCE if value.get("source") else FaultCode.NO_SOURCE
        faults.append(Fault(line, code, _short(value.get("source", ""))))
    consented_on = _consented(line, value.get("consented_on", ""), defaults.consented_on, today, faults)
    if faults:
        sheet.faults.extend(faults)
    else:
        sheet.rows.append(Row(line, email, email_norm, locale, form, wanted, source, consented_on))


def _topics(line: int, typed: str, topics: dict[str, int], default: tuple[int, ...], faults: list[Fault]) -> tuple:
    if not typed:
        if topics and not default:
            faults.append(Fault(line, FaultCode.NO_TOPIC))
        return default
    names = [name for name in _TOPIC_SEPARATORS.split(typed) if name.strip()]
    unknown = [name for name in names if _plain(name) not in topics]
    faults.extend(Fault(line, FaultCode.TOPIC, _short(name.strip())) for name in unknown)
    return tuple(sorted({topics[_plain(name)] for name in names if name not in unknown}))


def _consented(line: int, typed: str, default: date | None, today: date, faults: list[Fault]) -> date | None:
    if not typed:
        if default is None:
            faults.append(Fault(line, FaultCode.NO_DATE))
        return default
    day = read_day(typed)
    if day is None or day.year < EARLIEST_YEAR:
        faults.append(Fault(line, FaultCode.DATE, _short(typed)))
    elif day > today:
        faults.append(Fault(line, FaultCode.FUTURE, _short(typed)))
    return day


def read_day(typed: str) -> date | None:
    """2026/11/4, 2026-11-04, 2026年11月4日, 令和8年11月4日, R8.11.4; None for anything else."""
    text = unicodedata.normalize("NFKC", typed).strip().upper()
    if found := _DATE.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _ERA_DATE.fullmatch(text):
        era = _ERA_LETTERS.get(found[1], found[1])
        first = next(begins for begins, name, _ in ERAS if name == era)
        year = first.year - 1 + (1 if found[2] == "元" else int(found[2]))
        month, day = int(found[3]), int(found[4])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _choice(typed: str, known: Mapping[str, tuple[str, ...]], default: str) -> str:
    """The value that the words stand for; the default for no words, empty for words that nobody knows."""
    if not typed:
        return default
    return next((value for value, words in known.items() if _plain(typed) in map(_plain, words)), "")


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", words)).strip().casefold()


def _short(value: str) -> str:
    return value if len(value) <= MAX_VALUE else f"{value[:MAX_VALUE]}…"
