"""Tokens in links that stand for a person: 128 random bits. Only their SHA-256 is stored."""

import hashlib
import secrets

TOKEN_BYTES = 16
TOKEN_LENGTH = 22


def new_token() -> str:
    """22 characters of URL-safe base64 (A–Z, a–z, 0–9, - and _) that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """The 64 hexadecimal digits that are stored and looked up. Takes any text, since an address may carry any."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_same_token(token: str, stored_hash: str) -> bool:
    """Whether `token` is the one whose hash was stored; takes the same time whatever the answer."""
    return secrets.compare_digest(hash_token(token).encode(), stored_hash.encode())
