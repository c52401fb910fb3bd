"""Tokens in links."""

import re

import pytest

from center.intake.tokens import hash_token, is_same_token, new_token


def test_a_token_is_22_url_safe_characters_and_never_the_same_twice():
    tokens = {new_token() for _attempt in range(1_000)}
    assert len(tokens) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in tokens)


def test_only_a_hash_is_stored_from_which_the_token_cannot_be_read():
    token = new_token()
    stored = hash_token(token)
    assert re.fullmatch(r"[0-9a-f]{64}", stored)
    assert token not in stored
    assert hash_token(token) == stored


def test_the_hash_is_plain_sha_256_so_that_links_outlive_an_update():
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_only_the_right_token_matches():
    token = new_token()
    assert is_same_token(token, hash_token(token))
    assert not is_same_token(new_token(), hash_token(token))
    assert not is_same_token("", hash_token(token))


@pytest.mark.parametrize("strange", ["", "あ", "\ud800", "a" * 10_000, "\x00", "../../etc/passwd"])
def test_whatever_an_address_carries_gets_an_answer_and_not_an_error(strange):
    assert not is_same_token(strange, hash_token(new_token()))
    assert not is_same_token(new_token(), strange.encode("ascii", "ignore").decode())
