"""Sums of money in words."""

from django.utils.translation import get_language


def yen_words(amount: int) -> str:
    """'30万円' or '5,500円' in Japanese, '300,000 yen' elsewhere. `amount` in yen, 0 or more."""
    if not (get_language() or "ja").startswith("ja"):
        return f"{amount:,} yen"
    if amount >= 10_000 and amount % 10_000 == 0:
        return f"{amount // 10_000:,}万円"
    return f"{amount:,}円"
