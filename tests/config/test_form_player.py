"""The demonstration's way through the public form: as a person with a browser, not as a machine."""

import pytest

from activities.models import Notice
from config.demo.form_player import HOST, send_notice

REPORT = {
    "kind": "report",
    "group_name": "川とみどりの会",
    "contact_name": "見本 花子",
    "contact_email": "hanako@example.jp",
    "title": "秋の川べり",
    "text": "ごみを4袋拾いました。",
}


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_notice_of_the_demonstration_reaches_the_board(tree, settings, is_asked):
    settings.FORM_NEEDS_PROOF, settings.FORM_MIN_SECONDS = is_asked, 0
    settings.ALLOWED_HOSTS = [HOST["HTTP_HOST"], "testserver"]
    assert send_notice(REPORT)
    notice = Notice.objects.get()
    assert (notice.title, notice.held_at) == ("秋の川べり", None)
