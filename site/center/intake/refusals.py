"""Why a file is refused: a short code where it happens; the words are in `words.py`.

Nothing here imports Django: the worker that opens strangers' files raises this error.
"""


class Refused(Exception):
    """A file that is not taken. `code` is a key of `words.MESSAGES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
