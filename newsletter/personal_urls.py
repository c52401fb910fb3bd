"""The personal page under /u/, without a language in front."""

from django.urls import re_path

from newsletter.personal_moves import MoveView
from newsletter.personal_views import PersonalView

_page = PersonalView.as_view()

urlpatterns = [
    re_path(r"^address/(?P<token>[A-Za-z0-9_-]{22})/$", MoveView.as_view(), name="personal-move"),
    re_path(r"^(?P<token>[A-Za-z0-9_-]{22})/$", _page, name="personal"),
    # Without its last slash too: a one-click POST cannot be sent on to another address.
    re_path(r"^(?P<token>[A-Za-z0-9_-]{22})$", _page),
]
