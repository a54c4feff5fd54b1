"""Ask a running demo for its first page and sign in as its lead: `ask_demo.py PORT`, in the folder of the project.

It needs nothing but Python, since tools/fresh_machine.sh runs it on a system that has nothing else.
"""

import http.client
import http.cookiejar
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

SECONDS_TO_START = 900
SIGN_INS = Path("var/demo-sign-ins.json")


def main() -> int:
    """Print what the site answers; return 1 when it does not answer in time or refuses the sign-in."""
    site = f"http://127.0.0.1:{int(sys.argv[1])}"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = _first_page(browser, f"{site}/sign-in/")
    if page is None:
        print(f"{site} did not answer within {SECONDS_TO_START} s")
        return 1
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    password = json.loads(SIGN_INS.read_text("utf-8"))["lead"]
    form = urllib.parse.urlencode({"username": "lead", "password": password, "csrfmiddlewaretoken": token})
    request = urllib.request.Request(f"{site}/sign-in/", form.encode(), {"Referer": f"{site}/sign-in/"})  # noqa: S310 - our own site
    with browser.open(request, timeout=120) as answer:
        page = answer.read().decode()
        print(f"{answer.status} {answer.url}")
    return 0 if "Sign out" in page else 1


def _first_page(browser: urllib.request.OpenerDirector, url: str) -> str | None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        try:
            with browser.open(url, timeout=120) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, http.client.HTTPException, OSError):
            time.sleep(1)
    return None


if __name__ == "__main__":
    sys.exit(main())
