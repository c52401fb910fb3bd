"""The secret key of a machine that is not production: made once, kept beside its database."""

import secrets
from pathlib import Path


def local_secret_key(folder: str | Path) -> str:
    """Return the key in `folder`/secret_key, making it (mode 0600) on the first call."""
    path = Path(folder) / "secret_key"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
