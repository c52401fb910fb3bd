"""An answer to a post: what a citizen can send, what cannot get through, and who hears of it."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from wagtail.models import PageViewRestriction

from activities.inquiries.receiving import PostNotOpen, receive_contact
from activities.models import MatchContact, MatchPage
from activities.notices.forms import new_submission
from center.intake.guard import STAMP_FIELD, TRAP_FIELD, signed_render_time
from center.models import CentreSettings, OutgoingMail
from config.builders import add_group, add_match
from tests.activities.notice_builders import words_of


@pytest.fixture
def post(tree, morning, centre) -> MatchPage:
    CentreSettings.objects.update(staff_email="shokuin@example.jp")
    group = add_group(tree, "おはなしの木")
    return add_match(tree, "絵本がほしい", resource="things", open_until_on=date(2026, 11, 30), group=group)


def typed(now, **changes) -> dict[str, str]:
    """What somebody sends in a minute after the form was opened."""
    return {
        STAMP_FIELD: signed_render_time(now=now - timedelta(minutes=1)),
        "submission": new_submission(),
        "text": "絵本が20冊あります。",
        "contact_name": "佐藤花子",
        "contact_email": "hanako@example.jp",
        "contact_phone": "",
        "group_name": "",
        "consent": "on",
    } | changes


def send(client, post, now, **changes):
    return client.post(f"/matching/contact/{post.pk}/", typed(now, **changes))


def value_of(response, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', response.content.decode())[0]
    return (re.search(r'value="([^"]*)"', tag) or ["", ""])[1]


# Honest people


def test_the_form_names_the_post_the_phone_and_what_it_is_used_for(client, post):
    response = client.get(f"/matching/contact/{post.pk}/")
    words = words_of(response)
    for expected in ("絵本がほしい", "あと6日", "おはなしの木", "024-924-3352", "公開しません", "なくてもよい"):
        assert expected in words
    assert response["Cache-Control"] == "private, no-store"


def test_a_contact_is_stored_answered_with_a_number_and_told_to_staff_alone(client, post, morning):
    response = send(client, post, morning, contact_phone="０２４（９００）１２３４")
    contact = MatchContact.objects.get()
    assert (contact.number, contact.post, contact.state) == ("M2026-0001", post, "new")
    assert (contact.contact_phone, contact.consented_at) == ("024-900-1234", morning)
    assert "M2026-0001" in words_of(client.get(response["Location"]))
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert set(mails) == {"hanako@example.jp", "shokuin@example.jp"}
    assert "M2026-0001" in mails["hanako@example.jp"].text and "絵本が20冊あります。" in mails["hanako@example.jp"].text
    assert "佐藤花子" not in mails["shokuin@example.jp"].text and "絵本が20冊" not in mails["shokuin@example.jp"].text
    assert f"/matching/contacts/{contact.pk}/" in mails["shokuin@example.jp"].text


def test_a_phone_number_alone_is_enough_and_no_receipt_is_mailed(client, post, morning):
    send(client, post, morning, contact_email="", contact_phone="024-900-1234")
    assert MatchContact.objects.count() == 1
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["shokuin@example.jp"]


def test_pressing_twice_makes_one_contact_with_the_same_number(client, post, morning):
    sent = typed(morning)
    first = client.post(f"/matching/contact/{post.pk}/", sent)
    second = client.post(f"/matching/contact/{post.pk}/", sent)
    assert MatchContact.objects.count() == 1
    assert OutgoingMail.objects.count() == 2
    assert "M2026-0001" in words_of(client.get(second["Location"]))
    assert first.status_code == second.status_code == 302


def test_two_people_get_two_numbers(client, post, morning):
    send(client, post, morning)
    send(client, post, morning, contact_email="taro@example.jp")
    assert sorted(MatchContact.objects.values_list("number", flat=True)) == ["M2026-0001", "M2026-0002"]


def test_the_form_stands_in_english_too_and_staff_get_the_japanese_post(client, post, morning, translated):
    english = translated(post, "en", "Picture books wanted")
    assert "Picture books wanted" in words_of(client.get(f"/en/matching/contact/{english.pk}/"))
    client.post(f"/en/matching/contact/{english.pk}/", typed(morning))
    contact = MatchContact.objects.get()
    assert (contact.post, contact.post_title, contact.language) == (post, "絵本がほしい", "en")
    receipt = OutgoingMail.objects.get(to="hanako@example.jp")
    assert "We have received your message" in receipt.subject


# What is missing or wrong


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "空いています"),
        ({"contact_name": "　"}, "空いています"),
        ({"contact_email": "", "contact_phone": ""}, "メールアドレスか電話番号を書いてください"),
        ({"contact_email": "hanako＠"}, "@"),
        ({"contact_email": "", "contact_phone": "内線3"}, "電話番号は"),
        ({"consent": ""}, "読んで、印を付けてください"),
        ({"text": "あ" * 2001}, "2000"),
        ({"contact_name": "あ" * 81}, "80"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, post, morning, changes, sentence):
    response = send(client, post, morning, **({"group_name": "大槻の会"} | changes))
    html = response.content.decode()
    assert response.status_code == 200
    summary = re.search(r'<div class="summary".*?</div>', html, flags=re.S)[0]
    assert sentence in summary
    assert value_of(response, "group_name") == "大槻の会"
    assert changes.get("text", "絵本が20冊あります。") in html
    assert not MatchContact.objects.exists() and not OutgoingMail.objects.exists()


def test_a_line_break_in_a_name_or_an_address_makes_no_header(client, post, morning):
    send(client, post, morning, contact_name="花子\r\nBcc: all@example.jp", group_name="会\nX: y")
    contact = MatchContact.objects.get()
    assert contact.contact_name == "花子 Bcc: all@example.jp" and contact.group_name == "会 X: y"
    assert all("\n" not in mail.subject and "\n" not in mail.to for mail in OutgoingMail.objects.all())
    response = send(client, post, morning, contact_email="a@example.jp\r\nBcc: b@example.jp")
    assert response.status_code == 200 and MatchContact.objects.count() == 1


def test_markup_is_shown_as_it_was_typed(client, post, morning):
    response = send(client, post, morning, text="<script>alert(1)</script>", consent="")
    html = response.content.decode()
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html


# Machines


def test_a_machine_is_stopped_and_nothing_is_lost(client, post, morning, settings):
    settings.FORM_MIN_SECONDS = 3
    for changes in (
        {TRAP_FIELD: "http://spam.example"},
        {STAMP_FIELD: signed_render_time(now=morning)},
        {STAMP_FIELD: "x"},
    ):
        response = send(client, post, morning, **changes)
        assert response.status_code == 200
        assert value_of(response, "contact_name") == "佐藤花子"
    assert not MatchContact.objects.exists()


def test_nobody_posts_from_another_site(post, morning):
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, post, morning).status_code == 403
    assert not MatchContact.objects.exists()


def test_a_strangers_mailbox_is_not_filled(client, post, morning):
    for number in range(25):
        send(client, post, morning, text=f"{number}回目")
    assert MatchContact.objects.count() == 25
    assert OutgoingMail.objects.filter(to="hanako@example.jp").count() == 20


def test_staff_get_fifty_mails_a_day_at_most(client, post, morning):
    for number in range(53):
        send(client, post, morning, contact_email="", contact_phone=f"024-900-{number:04d}")
    assert OutgoingMail.objects.filter(to="shokuin@example.jp").count() == 50


# Posts that cannot be answered


@pytest.mark.parametrize(
    ("state", "sentence"), [("arranging", "話を進めています"), ("matched", "相手が見つかりました")]
)
def test_a_post_that_is_no_longer_open_says_why(client, tree, morning, centre, state, sentence):
    page = add_match(tree, "机がほしい", state=state)
    for response in (client.get(f"/matching/contact/{page.pk}/"), send(client, page, morning)):
        assert sentence in words_of(response)
        assert "いま、この投稿には連絡できません" in words_of(response)
    assert not MatchContact.objects.exists()


def test_a_post_past_its_day_says_so(client, post, morning):
    with time_machine.travel(morning + timedelta(days=7), tick=False):
        assert "日にちを過ぎたので、終わりました" in words_of(client.get(f"/matching/contact/{post.pk}/"))


def test_a_hidden_post_cannot_be_answered(client, post, tree, morning):
    draft = add_match(tree, "下書き", live=False)
    PageViewRestriction.objects.create(page=post, restriction_type="login")
    for page in (draft, post, tree.matching):
        assert client.get(f"/matching/contact/{page.pk}/").status_code == 404
        assert send(client, page, morning).status_code == 404
    assert not MatchContact.objects.exists()


def test_the_service_refuses_a_post_that_closed_meanwhile(post, morning):
    with pytest.raises(PostNotOpen):
        receive_contact(post=post, data={"contact_name": "x"}, now=morning + timedelta(days=10))


def test_a_changed_address_of_the_last_page_tells_no_number(client, post, morning):
    response = client.get("/matching/contact/sent/forged:1:2/")
    assert response.status_code == 200
    assert "M2026" not in words_of(response)
    assert response["X-Robots-Tag"] == "noindex"


def test_nothing_of_a_contact_is_public(client, post, morning):
    send(client, post, morning, contact_phone="024-900-1234")
    for address in (
        "/matching/",
        post.get_url(),
        "/matching/?closed=1",
        "/search/?q=絵本",
        "/open-data/groups.csv",
    ):
        html = client.get(address).content.decode()
        for secret in ("佐藤花子", "hanako@example.jp", "024-900-1234", "絵本が20冊", "M2026-0001"):
            assert secret not in html, (address, secret)
