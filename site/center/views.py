"""Addresses for machines."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import override
from django.views.decorators.http import require_safe

from center.queries import centre_settings
from center.share_cards import ShareCard, language_of, public_card, site_card
from center.share_pictures import draw_card

A_DAY = 86_400


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def share_picture(request: HttpRequest, key: str, digest: str) -> HttpResponse:
    """The picture of a public page (`key`: its number) or of the site (`key`: a language), as a PNG.

    It is drawn once and kept in SHARE_ROOT under the digest of what it says; an address with an older digest leads to
    the picture of today, so nobody can have more than one drawn for a page.
    """
    language = key if not key.isdigit() else language_of(key)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        card = public_card(key) if key.isdigit() else site_card(centre_settings())
    if card is None:
        raise Http404
    if card.digest != digest:
        response = redirect("share-picture", key=key, digest=card.digest)
        response["Cache-Control"] = "public, max-age=300"
        return response
    return HttpResponse(
        _kept(key, card), content_type="image/png", headers={"Cache-Control": f"public, max-age={A_DAY}"}
    )


def _kept(key: str, card: ShareCard) -> bytes:
    """The picture from the disk; drawn, and older ones of the same page thrown away, where there is none."""
    folder = Path(settings.SHARE_ROOT)
    path = folder / f"{key}-{card.digest}.png"
    if path.is_file():
        return path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    picture = draw_card(card)
    for older in folder.glob(f"{key}-*.png"):
        older.unlink(missing_ok=True)
    with NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
        part.write(picture)
    os.replace(part.name, path)
    return picture
