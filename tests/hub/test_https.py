"""The hub behind nginx with HTTPS, from the file that is deployed: cookies stay on HTTPS, pages live, files are taken in."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from .conftest import PATIENCE, ROOT, Visitor, free_port
from .people import answers

pytestmark = pytest.mark.xdist_group("hub")
QUESTION = "What is the sales potential for a year?"


@pytest.fixture(scope="module")
def secure(hub, tmp_path_factory):
    """nginx with a certificate of its own before the hub: the address that people type, and the certificate."""
    for name in ("nginx", "openssl"):
        if not shutil.which(name):
            pytest.skip(f"no {name} on this computer (Debian: apt install nginx-light openssl)")
    place = tmp_path_factory.mktemp("nginx")
    plain, safe = free_port(), free_port()
    key, certificate = place / "key.pem", place / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *more], check=True, capture_output=True)
    site = (ROOT / "deploy" / "hub" / "nginx.conf").read_text()
    for theirs, ours in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{safe} ssl;",
        "hub.example.co.za": "localhost",
        "/etc/ssl/learner-kit/fullchain.pem": str(certificate),
        "/etc/ssl/learner-kit/privkey.pem": str(key),
        "http://127.0.0.1:8000": hub.address,
        "https://$host$request_uri": f"https://$host:{safe}$request_uri",
    }.items():
        assert theirs in site, f"nginx.conf says no longer {theirs}"
        site = site.replace(theirs, ours)
    (place / "site.conf").write_text(site)
    body = f"include /etc/nginx/mime.types;\naccess_log off;\ninclude {place}/site.conf;"
    main = f"daemon off;\npid {place}/pid;\nerror_log {place}/error.log;\nevents {{}}\nhttp {{\n{body}\n}}\n"
    (place / "nginx.conf").write_text(main)
    process = subprocess.Popen(["nginx", "-c", str(place / "nginx.conf"), "-p", str(place)], stderr=subprocess.PIPE)
    try:
        wait_for(f"https://localhost:{safe}/hub/health", certificate, process)
        yield f"http://localhost:{plain}", f"https://localhost:{safe}", certificate
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(address: str, certificate: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"nginx does not start: {process.stderr.read().decode()}")
        try:
            requests.get(address, verify=str(certificate), timeout=5).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(0.1)
    pytest.fail("nginx does not reach the hub")


def test_who_types_no_https_is_sent_there_and_who_signs_in_stays_there(secure, hub):
    plain, safe, certificate = secure
    sent = requests.get(f"{plain}/hub/login?next=%2Fhub%2Fhome", allow_redirects=False, timeout=PATIENCE)
    assert sent.status_code == 301 and sent.headers["Location"] == f"{safe}/hub/login?next=%2Fhub%2Fhome"
    ben = Visitor(replace(hub, address=safe), "ben")
    ben.web.verify = str(certificate)
    ben.web.trust_env = False  # a bundle of certificates that the environment names would go before it
    got = ben.sign_in()
    assert got.url == f"{safe}/hub/home" and "max-age" in got.headers["Strict-Transport-Security"]
    secrets = {one.name: one.secure for one in ben.web.cookies if one.name != "_xsrf"}  # its value is no secret
    assert "jupyterhub-hub-login" in secrets and all(secrets.values()), secrets


def test_a_page_lives_and_takes_in_an_answer_and_a_large_file(secure, hub, page):
    _, safe, _ = secure
    seen = page.context.browser.new_page(ignore_https_errors=True)
    seen.set_default_timeout(PATIENCE * 1000)
    seen.goto(safe)
    seen.fill("#username_input", hub.name("ben"))
    seen.fill("#password_input", hub.passwords["ben"])
    seen.click("#login_submit")
    seen.wait_for_url(f"{safe}/user/**/voila/render/notebooks/00-welcome.ipynb")
    seen.locator(".kit-menu a", has_text="Workbook 1").click()
    field = seen.locator(".lk-form").filter(has_text=QUESTION).locator("input").first
    field.fill("51234")
    field.press("Tab")
    deadline = time.monotonic() + PATIENCE
    while answers(hub, "ben").get("so1-ac1-annual-sales") != 51234 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert answers(hub, "ben")["so1-ac1-annual-sales"] == 51234, "the page's connection goes through nginx"
    said = seen.evaluate(
        """async (base) => {
            const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
            const told = {type: 'file', format: 'base64', content: btoa('x'.repeat(5e6))};
            const sent = await fetch(base + '/api/contents/work/minutes.pdf',
                {method: 'PUT', body: JSON.stringify(told), headers: {'X-XSRFToken': xsrf}});
            return sent.status;
        }""",
        f"{safe}/user/{hub.name('ben')}",
    )
    assert said == 201 and (hub.home("ben") / "learner-kit" / "work" / "minutes.pdf").stat().st_size == 5_000_000
    seen.close()
