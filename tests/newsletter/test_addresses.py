"""Addresses as people type them."""

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from center.intake.addresses import AddressField, NotAnAddress, normalise_address


@pytest.mark.parametrize(
    ("typed", "email", "norm"),
    [
        ("hanako@example.jp", "hanako@example.jp", "hanako@example.jp"),
        ("  Hanako.Y@Example.JP\n", "Hanako.Y@example.jp", "hanako.y@example.jp"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp", "hanako@example.jp"),
        ("hanako@example。jp", "hanako@example.jp", "hanako@example.jp"),
        ("\u3000hanako@example.jp\u3000", "hanako@example.jp", "hanako@example.jp"),
        ("\ufeffhana\u200bko@example.jp", "hanako@example.jp", "hanako@example.jp"),
        ("hanako+mail@example.jp", "hanako+mail@example.jp", "hanako+mail@example.jp"),
        ("hanako@郡山.jp", "hanako@xn--bfy11q.jp", "hanako@xn--bfy11q.jp"),
        ('"hanako"@example.jp', "hanako@example.jp", "hanako@example.jp"),
    ],
)
def test_spellings_of_one_address_become_one(typed, email, norm):
    expected_domain = email.rpartition("@")[2]
    got = normalise_address(typed)
    if "xn--" in expected_domain:
        assert got[0].startswith("hanako@xn--") and got[0].isascii() and got[1] == got[0]
    else:
        assert got == (email, norm)


@pytest.mark.parametrize(
    "email",
    [
        "foo..bar@docomo.ne.jp",
        "foo.@docomo.ne.jp",
        "foo.@ezweb.ne.jp",
        "a..b..c.@softbank.ne.jp",
        "foo..bar@a2.ezweb.ne.jp",
        "foo..bar@t.vodafone.ne.jp",
        "foo..bar@jp-t.ne.jp",
        "foo.@di.pdx.ne.jp",
        "foo.@au.com",
    ],
)
def test_carrier_addresses_beside_the_standard_are_taken_and_kept_raw(email):
    assert normalise_address(email) == (email, email)


def test_a_quoted_carrier_address_is_stored_without_its_quotes():
    assert normalise_address('"Foo..bar"@docomo.ne.jp') == ("Foo..bar@docomo.ne.jp", "foo..bar@docomo.ne.jp")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("\u3000 ", "empty"),
        ("hanako", "at"),
        ("a@b@example.jp", "at"),
        ("hana ko@example.jp", "space"),
        ("hanako@example.jp\r\nBcc: taro@example.jp", "space"),
        ("hanako@example.jp\nSubject: x", "space"),
        ("hanako@example.jp\u2028Bcc:x", "space"),
        ("hanako\x00@example.jp", "space"),
        ("花子@example.jp", "letters"),
        ("\u212aoji@example.jp", "letters"),
        ("foo..bar@example.jp", "local"),
        ("foo.@gmail.com", "local"),
        (".foo@docomo.ne.jp", "local"),
        ('a"b@example.jp', "local"),
        ("<a>@example.jp", "local"),
        ("a,b@example.jp", "local"),
        ("hanako@docomo", "domain"),
        ("hanako@docomo,ne,jp", "domain"),
        ("hanako@-x.jp", "domain"),
        ("hanako@localhost", "domain"),
        ("hanako@[127.0.0.1]", "domain"),
        ("hanako@example..jp", "domain"),
        ("hanako@docomo.ne.jp.evil..jp", "domain"),
        ("a" * 65 + "@example.jp", "long"),
        ("a@" + ".".join(["b" * 60] * 5) + ".jp", "long"),
        ("あ" * 5_000, "long"),
    ],
)
def test_what_is_no_address_is_refused_with_a_word_about_where_to_look(typed, code):
    with pytest.raises(NotAnAddress) as refused:
        normalise_address(typed)
    assert refused.value.code == code


def test_dots_are_not_taken_for_a_domain_that_only_ends_like_a_carriers():
    with pytest.raises(NotAnAddress):
        normalise_address("foo..bar@notdocomo.ne.jp")
    with pytest.raises(NotAnAddress):
        normalise_address("foo..bar@docomo.ne.jp.example.com")


def test_an_address_of_254_characters_is_taken_and_one_more_is_not():
    domain = ".".join(["b" * 60] * 4) + ".jp"
    longest = "a" * (253 - len(domain)) + "@" + domain
    assert len(longest) == 254
    assert normalise_address(longest)[0] == longest
    with pytest.raises(NotAnAddress):
        normalise_address("a" + longest)


@given(st.text(max_size=60) | st.from_regex(r"[^@]{1,20}@[^@]{1,30}", fullmatch=True))
def test_whatever_is_typed_comes_out_fit_for_a_header_or_is_refused(typed):
    try:
        email, norm = normalise_address(typed)
    except NotAnAddress:
        return
    for text in (email, norm):
        assert text.isascii() and text.isprintable() and " " not in text and len(text) <= 254
        assert not set(text) & set('<>(),;:"\\[]')
    assert normalise_address(email) == (email, norm)


class AddressForm(forms.Form):
    email = AddressField()


def test_the_field_gives_back_the_address_to_write_to():
    form = AddressForm({"email": " ＦＯＯ..bar@Docomo.ne.jp "})
    assert form.is_valid()
    assert form.cleaned_data["email"] == "FOO..bar@docomo.ne.jp"


def test_the_field_tells_in_words_what_to_mend_and_keeps_what_was_typed():
    form = AddressForm({"email": "hanako@docomo"})
    assert not form.is_valid()
    assert "after the @" in str(form.errors["email"]) or "＠" in str(form.errors["email"]) or "@" in str(form.errors)
    assert 'value="hanako@docomo"' in form.as_p()


def test_an_empty_field_asks_for_an_address():
    assert not AddressForm({"email": ""}).is_valid()
