"""The address of a post on Facebook, as it is copied from a browser or a telephone. Pure."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

HOSTS = ("facebook.com", "fb.com", "fb.watch")
KEPT = ("story_fbid", "id", "fbid", "v", "set")
"""What names a post; everything else in the address follows people around."""
MOST = 200


def post_address(typed: str) -> str | None:
    """The address without what follows people around, always https; None where it is not one of Facebook.

    The bare front page names no post and is turned away too.
    """
    text = typed.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
        has_port = parts.port is not None
    except ValueError:
        return None
    is_ours = any(host == name or host.endswith(f".{name}") for name in HOSTS)
    if parts.scheme not in ("http", "https") or not is_ours or has_port or parts.username is not None:
        return None
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name in KEPT])
    if parts.path.strip("/") == "" and not query:
        return None
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        return None
    address = urlunsplit(("https", host, parts.path, query, ""))
    return address if len(address) <= MOST else None
