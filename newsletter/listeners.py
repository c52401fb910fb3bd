"""Seams to the floors below."""


def connect() -> None:
    """Connect the listeners and register the forecast; called once, when the app is ready."""
