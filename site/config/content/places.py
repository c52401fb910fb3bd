"""The city's facilities as places. The file stands in this folder with its licence (CC BY 4.0)."""

import csv
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from config.content.centre import AREA_OF_ADDRESS

FACILITIES = Path(__file__).with_name("facilities.csv")
KNOWN_DOUBTS = {"西田ふれあいセンター": "住所が施設名と合わないように見えます（元のデータのまま）"}
CITY_BOX = (Decimal("37.2"), Decimal("37.7"), Decimal("139.9"), Decimal("140.7"))
"""Latitudes and longitudes between which the city lies; a point outside it is not stored."""


def _point(row: dict[str, str]) -> tuple[Decimal | None, Decimal | None, str]:
    try:
        latitude, longitude = Decimal(row["緯度"]), Decimal(row["経度"])
    except InvalidOperation:
        return None, None, ""
    south, north, west, east = CITY_BOX
    if south <= latitude <= north and west <= longitude <= east:
        return latitude, longitude, ""
    return None, None, "緯度・経度が市の外を指しています（元のデータ）"


def _cell(row: dict[str, str], name: str, length: int) -> str:
    """A cell without its padding; the file writes '-' for nothing."""
    value = row[name].strip()
    return "" if value == "-" else value[:length]


def area_slug(address: str) -> str:
    """The part of the city by the beginning of an address."""
    return next(
        (slug for name, slug in AREA_OF_ADDRESS.items() if address.startswith(name)), "centre" if address else ""
    )


def read_places(path: Path = FACILITIES) -> Iterator[dict]:
    """Yield the fields of `Place`, with `area_slug`, row by row. UTF-8 with or without BOM; rows without a name are left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            name = " ".join(row["施設名"].split())
            if not name:
                continue
            latitude, longitude, doubt = _point(row)
            address = _cell(row, "住所", 200)
            yield {
                "name": name[:120],
                "category": _cell(row, "大分類", 80),
                "subcategory": _cell(row, "小分類", 80),
                "phone": _cell(row, "電話", 40),
                "fax": _cell(row, "ファックス", 40),
                "email": _cell(row, "メールアドレス", 120),
                "address": address,
                "note": _cell(row, "備考", 500),
                "latitude": latitude,
                "longitude": longitude,
                "source_url": row["出典URL"].strip(),
                "checked_at": datetime.fromisoformat(row["取得確認日時"].replace("Z", "+00:00")),
                "doubt": KNOWN_DOUBTS.get(name, doubt),
                "area_slug": area_slug(address),
            }
