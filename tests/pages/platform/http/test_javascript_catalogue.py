"""The strings of scripts in the language of the site."""

from django.test import Client, override_settings


def test_catalogue_is_public_and_cached(client: Client) -> None:
    answer = client.get("/jsi18n/")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert "public" in answer["Cache-Control"]
    assert b"django.gettext" in answer.content


def test_pages_load_the_catalogue_in_other_languages_only(client: Client) -> None:
    address = b'src="/jsi18n/"'

    assert address not in client.get("/sign-in/").content
    with override_settings(LANGUAGE_CODE="de"):
        page = client.get("/sign-in/").content
    assert address in page
    assert b'<html lang="de"' in page
