"""The people who work in the editor."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """One member of staff. The public never has an account."""

    def get_full_name(self) -> str:
        """Family name first, as Japanese names are written."""
        return f"{self.last_name} {self.first_name}".strip()

    def __str__(self) -> str:
        return self.get_full_name() or self.username
