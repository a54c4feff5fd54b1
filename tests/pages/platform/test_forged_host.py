"""Requests under a host name that the site does not have."""

import pytest

pytestmark = pytest.mark.django_db

FORGED = {"host": "evil.example", "referer": "http://evil.example/a"}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/api/v1/projects/", "/api/"])
def test_forged_host_is_refused(client, method, path):
    response = getattr(client, method)(path, headers=FORGED)

    assert response.status_code == 400
    assert "ALLOWED_HOSTS" in response.content.decode()
    assert "evil" not in response.content.decode()


def test_forged_host_is_one_line_of_the_log(client, caplog):
    client.get("/sign-in/", headers=FORGED)

    (record,) = caplog.records
    assert (record.name, record.exc_info) == ("django.security.DisallowedHost", None)
    assert "evil.example" in record.getMessage()
