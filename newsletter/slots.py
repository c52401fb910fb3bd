"""The places in a rendering that differ from one recipient to the next.

A rendering is approved without any personal link; the sender puts the recipient's token where the slot stands. The slot
has the length of a token, so that prebuilt parts keep their line lengths.
"""

from django.conf import settings

TOKEN_SLOT = "xTOKENxTOKENxTOKENxTOK"
"""Stands for the 22 characters of a personal token."""

PERSONAL_PATH = "/u/"


def personal_url(token: str = TOKEN_SLOT) -> str:
    """The address under which a recipient changes what they get, or leaves."""
    return f"{settings.SITE_URL}{PERSONAL_PATH}{token}/"
