"""Settings of the environment, and the messages for invalid values."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings

from annotator.platform.environment import Environment, SettingError, read_environment


def read(tmp_path: Path, **environ: str) -> Environment:
    return read_environment({"VAR_DIR": str(tmp_path / "var"), **environ}, base_dir=tmp_path)


def refusal(tmp_path: Path, **environ: str) -> str:
    with pytest.raises(SettingError) as caught:
        read(tmp_path, **environ)
    return str(caught.value)


def test_no_setting_is_required(tmp_path: Path) -> None:
    environment = read_environment({}, base_dir=tmp_path)

    assert environment.var_dir == tmp_path / "var"
    assert environment.database["ENGINE"] == "annotator.platform.sqlite"
    assert Path(environment.database["NAME"]) == tmp_path / "var/annotator.sqlite3"
    assert (environment.port, environment.redis_url, environment.public_url) == (8000, "", "")
    assert environment.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert not environment.https


def test_the_folder_is_private(tmp_path: Path) -> None:
    read(tmp_path)

    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var/secret-key").stat().st_mode & 0o077 == 0


def test_a_secret_is_generated_once(tmp_path: Path) -> None:
    first, second = read(tmp_path).secret_key, read(tmp_path).secret_key
    other = read_environment({"VAR_DIR": str(tmp_path / "other")}, base_dir=tmp_path).secret_key

    assert first == second != other
    assert len(first) >= 48
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret-key"]


def test_a_secret_key_setting_is_not_stored(tmp_path: Path) -> None:
    assert read(tmp_path, SECRET_KEY="s" * 32).secret_key == "s" * 32
    assert not (tmp_path / "var/secret-key").exists()


def test_sqlite_is_durable_and_waits(tmp_path: Path) -> None:
    options = read(tmp_path).database["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]
    assert "synchronous=NORMAL" in read(tmp_path, SQLITE_SYNC="normal").database["OPTIONS"]["init_command"]


def test_postgresql_is_set_by_its_address(tmp_path: Path) -> None:
    database = read(tmp_path, DATABASE_URL="postgres://ann:s%40cret@db.example:5433/words").database

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert [database[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "ann",
        "s@cret",
        "db.example",
        5433,
        "words",
    ]


def test_a_public_address_adds_its_host_and_https(tmp_path: Path) -> None:
    environment = read(tmp_path, PUBLIC_URL="https://annotate.example.org/", ALLOWED_HOSTS="a.example, b.example")

    assert environment.public_url == "https://annotate.example.org"
    assert environment.https
    assert environment.allowed_hosts[:3] == ["a.example", "b.example", "annotate.example.org"]


@pytest.mark.parametrize("url", ["redis://localhost:6379/0", "rediss://u:p@r.example/1", "unix:///run/redis.sock"])
def test_redis_is_set_by_its_address(url: str, tmp_path: Path) -> None:
    assert read(tmp_path, REDIS_URL=url).redis_url == url


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("SECRET_KEY", "short", "at least 32"),
        ("DATABASE_URL", "words", "postgres://"),
        ("DATABASE_URL", "mysql://u:p@h/n", "PostgreSQL"),
        ("DATABASE_URL", "nonsense://u:p@h/n", "postgres://"),
        ("DATABASE_URL", "postgres://u:p@h:port/n", "postgres://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("REDIS_URL", "http://localhost", "redis://"),
        ("PORT", "web", "from 1 to 65535"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "65536", "from 1 to 65535"),
        ("PORT", "-1", "from 1 to 65535"),
        ("PORT", "٨٠٠٠", "from 1 to 65535"),
        ("MAX_UPLOAD_BYTES", "2GB", "whole number"),
        ("MAX_UPLOAD_BYTES", "0", "from 1"),
        ("ALLOWED_HOSTS", "https://a.example", "host names only"),
        ("ALLOWED_HOSTS", "a.example b.example", "separated by commas"),
        ("PUBLIC_URL", "annotate.example.org", "https://"),
        ("PUBLIC_URL", "ftp://a.example", "https://"),
        ("PUBLIC_URL", "https://a.example/path", "without a path"),
        ("PUBLIC_URL", "https://[::1", "https://"),
        ("SQLITE_SYNC", "OFF", "FULL, NORMAL, EXTRA"),
    ],
)
def test_an_invalid_value_names_the_setting(name: str, value: str, remedy: str, tmp_path: Path) -> None:
    sentence = refusal(tmp_path, **{name: value})

    assert name in sentence
    assert remedy in sentence


def test_secrets_in_addresses_are_not_repeated(tmp_path: Path) -> None:
    assert "hidden" not in refusal(tmp_path, DATABASE_URL="mysql://u:hidden@h/n")
    assert "hidden" not in refusal(tmp_path, DATABASE_URL="x://u:hidden@h/n")
    assert "hidden" not in refusal(tmp_path, REDIS_URL="http://u:hidden@h/n")


def test_a_file_as_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert str(tmp_path / "file") in refusal(tmp_path, VAR_DIR=str(tmp_path / "file"))
    assert "cannot be created" in refusal(tmp_path, VAR_DIR=str(tmp_path / "file/inside"))


def test_a_read_only_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser may write everywhere; what the system answers is the only thing to go by.
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    assert "cannot be written by this user" in refusal(tmp_path)


def test_a_damaged_secret_is_reported(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "var/secret-key").write_text("x")

    assert "Remove it to generate a new one" in refusal(tmp_path)


def test_every_setting_is_documented() -> None:
    source = (settings.BASE_DIR / "annotator/platform/environment.py").read_text("utf-8")
    page = (settings.BASE_DIR / "docs/operators/settings.md").read_text("utf-8")
    names = set(re.findall(r'environ(?:\.get\(|, )"([A-Z_]+)"', source))

    assert len(names) >= 16
    assert {name for name in names if f"| `{name}` |" not in page} == set()


def test_any_host_needs_a_second_setting(tmp_path: Path) -> None:
    assert "ALLOW_ANY_HOST=1" in refusal(tmp_path, ALLOWED_HOSTS="*")
    assert "ALLOW_ANY_HOST=1" in refusal(tmp_path, ALLOWED_HOSTS="a.example,*", ALLOW_ANY_HOST="yes")
    assert "*" in read(tmp_path, ALLOWED_HOSTS="*", ALLOW_ANY_HOST="1").allowed_hosts


def test_a_silent_database_server_is_given_up_soon(tmp_path: Path) -> None:
    options = read(tmp_path, DATABASE_URL="postgres://db.example/words").database["OPTIONS"]
    longer = read(tmp_path, DATABASE_URL="postgres://db.example/words?connect_timeout=9").database["OPTIONS"]

    assert (options["connect_timeout"], longer["connect_timeout"]) == (5, 9)


def test_the_address_to_listen_on_is_checked(tmp_path: Path) -> None:
    assert read(tmp_path).bind == "127.0.0.1"
    assert read(tmp_path, BIND="0.0.0.0").bind == "0.0.0.0"
    assert read(tmp_path, BIND="[::]").bind == "::"
    assert "BIND=example.org must be an IP address" in refusal(tmp_path, BIND="example.org")
