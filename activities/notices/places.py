"""Facilities of the city that fit a few letters, for the form's field of the place."""

import re

from activities.models import Place
from center.japanese.characters import fold

MOST = 8


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", fold(text))


def places_like(words: str, *, limit: int = MOST) -> list[dict[str, str]]:
    """Places by their name, reading or address, the best first: {"name", "kana", "address"}.

    Hiragana and katakana, full and half width are the same. Names that begin with the letters stand before those that
    hold them, and those before addresses. Empty for no letters.
    """
    wanted = _plain(words)
    if not wanted:
        return []
    found = []
    for name, kana, address in Place.objects.values_list("name", "kana", "address"):
        plain_name, plain_kana = _plain(name), _plain(kana)
        ranks = (
            (plain_name.startswith(wanted), 0),
            (plain_kana.startswith(wanted), 1),
            (wanted in plain_name, 2),
            (wanted in plain_kana, 3),
            (len(wanted) > 1 and wanted in _plain(address), 4),
        )
        rank = next((rank for fits, rank in ranks if fits), None)
        if rank is not None:
            found.append((rank, len(name), name, kana, address))
    found.sort()
    unique = {row[2]: row for row in reversed(found)}
    best = [row for row in found if unique[row[2]] is row][:limit]
    return [{"name": name, "kana": kana, "address": address} for _rank, _length, name, kana, address in best]
