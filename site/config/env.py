"""The one place that reads the environment. Every variable is listed in `.env.example` (a test compares the two)."""

import sys
from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parents[2]

env = environ.Env()


def read_env_file() -> None:
    """Read `.env` beside manage.py when there is one; real environment variables win."""
    path = ROOT / ".env"
    if path.is_file():
        environ.Env.read_env(str(path))


def required(name: str) -> str:
    """Return a variable that production cannot do without, or stop with one line that says which."""
    value = env.str(name, default="")
    if not value:
        sys.exit(f"{name} is not set. Production needs it; see .env.example.")
    return value
