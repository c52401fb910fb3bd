"""The main job played from the form to the outbox: what `make demo` shows."""
