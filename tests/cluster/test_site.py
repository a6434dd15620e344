"""The whole site beyond one machine: the first journey in real browsers, and what operators do to it under load."""

import time

import httpx
import pytest
from playwright.sync_api import expect

from accounts.actions import make_token
from tests.journeys.test_newcomer import photo
from tests.support import browser as chromium
from tests.support.newcomer import sign_up
from tests.support.wait import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def visit(site):
    """Open a browser of its own, for a person who is not there yet; answer its page."""
    errors = []
    with chromium.launched() as browser:

        def visit():
            context = browser.new_context(base_url=site.nginx.origin, viewport=PHONE, ignore_https_errors=True)
            chromium.watch(context, errors)
            page = context.new_page()
            page.set_default_timeout(15_000)
            return page

        yield visit
    assert errors == []


def share(page):
    page.goto("/new/")
    page.get_by_label("Choose photos or videos").set_input_files(photo())
    page.get_by_label("Describe this photo").fill("Light through water")
    page.get_by_label("Caption").fill("First light")
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url("**/p/*/")
    return page.url


def upload(site, person):
    """Send a photo; answer how to ask what became of it."""
    headers = {"Authorization": f"Bearer {make_token(user_id=person.id, name='test')}"}
    web = {"headers": headers, "timeout": 10}
    files = {"file": ("dawn.jpg", photo()["buffer"], "image/jpeg")}
    sent = httpx.post(f"{site.nginx.origin}/api/v1/media", files=files, **web).raise_for_status().json()
    return lambda: httpx.get(f"{site.nginx.origin}/api/v1/media/{sent['id']}", **web).raise_for_status().json()


def test_the_first_journey_goes_through_every_part(site, visit):
    """Two people sign up; one follows, the other shares a photo, and sees at once that it is liked and talked about."""
    hers, his = visit(), visit()
    sign_up(hers, "mira")
    sign_up(his, "ben")
    toast = hers.locator("toast-stack .toast[data-kind=follow]")

    his.goto("/@mira/")
    his.get_by_role("button", name="Follow").click()
    expect(toast).to_contain_text("ben started following you")

    address = share(hers)
    expect(hers.get_by_role("img", name="Light through water")).to_be_visible()
    his.goto("/")
    expect(his.get_by_text("First light")).to_be_visible()
    his.goto(address)
    his.get_by_role("button", name="Like", exact=True).click()
    expect(hers.locator("toast-stack .toast[data-kind=like]")).to_contain_text("ben liked your photo")
    expect(hers.locator("live-count[data-kind=likes]").first).to_have_text("1")

    his.get_by_label("Your comment").fill("What a light!")
    his.get_by_role("button", name="Post").click()
    expect(hers.locator("[data-comment]")).to_contain_text("What a light!")
    assert site.nginx.errors == []


def test_every_process_is_replaced_under_load(site, world, table):
    """Pages, sockets and workers, one after the other: nobody gets an error."""
    before = len(site.nginx.errors)
    with world.fault("rolling restart", "each Gunicorn, uvicorn and worker in turn, under load") as row:
        for process in (*site.stack.webs, *site.stack.workers, site.stack.media, *site.pages):
            process.stop(seconds=60)
            process.start().wait()

    table.errors(row.name, len(site.nginx.errors) - before)
    assert (site.nginx.errors[before:], row.doubtful) == ([], 0)


def test_rabbitmq_is_stopped_and_started_again(site, world, table):
    before = len(site.nginx.errors)
    with world.fault("RabbitMQ stopped", "away for 10 s: likes go on; a photo waits, and is prepared") as row:
        site.rabbit.stop()
        media = upload(site, world.people["ana"])
        time.sleep(10)
        site.rabbit.start()
        until(lambda: media()["state"] == "ready")

    table.errors(row.name, len(site.nginx.errors) - before)
    assert (site.nginx.errors[before:], row.doubtful) == ([], 0)


def test_the_primary_is_killed_and_its_replica_promoted(site, world, table):
    """Last: nothing brings the old primary back."""
    before = len(site.nginx.errors)
    with world.fault("PostgreSQL failover", "the primary killed, its synchronous replica promoted") as row:
        time.sleep(1)
        site.fail_over()
        site.follow()
        site.stack.webs[0].kill()  # whose sockets resume from the log of the new primary
        site.stack.webs[0].start().wait()

    table.errors(row.name, len(site.nginx.errors) - before)
