"""Passwords are generated once and readable by their owner only."""

import stat

import pytest

from annotator.site.demo.sign_ins import ALPHABET, SignInsUnreadable, generate_password, load_sign_ins


def test_passwords_are_generated_once_and_private(tmp_path):
    path = tmp_path / "sign-ins.json"

    first = load_sign_ins(path, ["lead", "ada"])
    second = load_sign_ins(path, ["lead", "ada", "ben"])

    assert first["lead"] != first["ada"]
    assert second | first == second
    assert set(second) == {"lead", "ada", "ben"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["sign-ins.json"]


def test_a_password_is_long_and_easy_to_type():
    passwords = {generate_password() for _ in range(100)}

    assert len(passwords) == 100
    assert all(len(password) == 19 and set(password) <= set(ALPHABET + "-") for password in passwords)


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_damaged_file_is_reported(tmp_path, content):
    path = tmp_path / "sign-ins.json"
    path.write_text(content)

    with pytest.raises(SignInsUnreadable, match="Remove it"):
        load_sign_ins(path, ["lead"])

    assert path.read_text() == content
