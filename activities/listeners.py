"""Listens to what becomes public, so that a notice knows the moment."""


def connect() -> None:
    """Connect the listeners; called once, when the app is ready."""
