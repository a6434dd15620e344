"""Without a network: what was seen is there, what is done is kept, and is done once when the network is back."""

from functools import partial

import pytest
from playwright.sync_api import expect

from accounts.models import Follow
from content.models import Comment, Like
from tests.support.build import make_follow, make_media, make_post, make_user
from tests.support.wait import until

SHARE = """
async () => {
  const form = new FormData();
  const photo = (name) => new File(["light"], name, { type: "image/jpeg" });
  for (const name of ["dawn.jpg", "dusk ü.jpg"]) form.append("photos", photo(name));
  const { url } = await fetch("/share/", { method: "POST", body: form });
  const { takeShared } = await import("/static/js/lib/shared.js");
  const took = (await takeShared()).map(({ name, type, size }) => [name, type, size]);
  return [url.replace(location.origin, ""), took, await takeShared()];
}
"""
CACHED = "path => caches.match(path, { ignoreVary: true }).then(Boolean)"
KEPT = "caches.keys().then((names) => names.filter((name) => name.startsWith('seen-')))"


# What is wished (null of a comment) by each deed that the browser has written down.
DEEDS = """() => new Promise((tell) => {
  const opening = indexedDB.open("photophore");
  opening.onsuccess = () => {
    const database = opening.result;
    database.transaction("deeds").objectStore("deeds").getAll().onsuccess = ({ target }) => {
      database.close();
      tell(target.result.map(({ state }) => state ?? null));
    };
  };
})"""


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def ben(stack):
    return make_user("ben")


def post_of(author, caption):
    post = make_post(author, caption=caption, photos=0)
    make_media(author, post=post, files=True)
    return post


def with_worker(page, *paths):
    """Open pages through the service worker, so that they are kept; the first visit brings it."""
    page.goto(paths[0])
    until(lambda: page.evaluate("!!navigator.serviceWorker.controller"))
    for path in paths:
        page.goto(path)
        until(partial(page.evaluate, CACHED, path))
    return page


def like(page):
    return page.get_by_role("button", name="Like", exact=True)


def say(page, text):
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Post", exact=True).click()


def test_the_last_feed_is_read_offline_and_what_was_not_seen_is_told(visit, ana, ben):
    make_follow(ana, ben)
    post_of(ben, "Morning light")
    page = with_worker(visit(ana), "/")
    until(lambda: page.evaluate(CACHED, page.locator(".media-frame__photo").get_attribute("src")))

    page.context.set_offline(True)
    page.goto("/")
    expect(page.get_by_text("Morning light")).to_be_visible()
    page.goto("/explore/")

    expect(page.get_by_role("heading", name="No light from here")).to_be_visible()


def test_wishes_and_words_outlive_a_reload_and_the_tab_and_are_done_once(visit, ana, ben, stack):
    """Twenty deeds: a follow, twelve likes, one of them taken back, and six comments in their order."""
    carl = make_user("carl")
    make_follow(ana, ben)
    posts = [post_of(ben, f"Number {n}") for n in range(12)]
    talk, profile = f"/p/{posts[0].id}/", "/@carl/"
    make_post(carl)
    page = with_worker(visit(ana), "/", talk, profile)
    page.context.set_offline(True)

    page.goto(profile)
    page.get_by_role("button", name="Follow").click()
    until(lambda: page.evaluate(DEEDS) == [True])  # no hand leaves before that
    page.goto("/")
    for n in range(len(posts)):
        like(page).nth(n).click()
    like(page).nth(3).click()
    until(lambda: sorted(page.evaluate(DEEDS)) == [False] + [True] * 12)  # no hand reloads before that
    page.reload()
    expect(like(page).nth(0)).to_have_attribute("aria-pressed", "true")
    expect(like(page).nth(3)).to_have_attribute("aria-pressed", "false")
    page.goto(talk)
    for n in range(6):
        say(page, f"Word {n}")
    until(lambda: page.evaluate(DEEDS).count(None) == 6)
    page.reload()
    expect(page.locator(".comment--pending")).to_contain_text([f"Word {n}" for n in range(6)])
    assert (Like.objects.count(), Comment.objects.count(), Follow.objects.count()) == (0, 0, 1)

    context = page.context
    page.close()
    context.set_offline(False)
    tabs = [context.new_page() for _ in range(2)]  # both send at once
    for tab in tabs:
        tab.goto("/")

    until(lambda: (Like.objects.count(), Comment.objects.count(), Follow.objects.count()) == (11, 6, 2), seconds=20)
    tabs[0].goto(talk)
    expect(tabs[0].locator("[data-comment]")).to_have_count(6)
    assert list(Comment.objects.order_by("id").values_list("text", flat=True)) == [f"Word {n}" for n in range(6)]
    assert not Like.objects.filter(post=posts[11 - 3]).exists()  # the newest is first
    assert Like.objects.values("post").distinct().count() == 11


def test_a_log_out_leaves_nothing_of_a_person(visit, ana, ben):
    make_follow(ana, ben)
    post_of(ben, "For followers")
    page = with_worker(visit(ana), "/")

    with page.expect_navigation():
        page.evaluate("document.querySelector('form[action=\"/accounts/logout/\"]').requestSubmit()")
    until(lambda: page.evaluate(KEPT) == [])
    page.context.set_offline(True)
    page.goto("/")

    expect(page.get_by_text("For followers")).to_have_count(0)
    expect(page.get_by_role("heading", name="No light from here")).to_be_visible()


def test_another_persons_page_empties_what_was_kept_of_the_one_before(visit, ana, ben, signed_in, stack):
    page = with_worker(visit(ana), "/")
    name, _, value = signed_in(ben).partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": stack.url}])

    page.goto("/notifications/")

    until(lambda: page.evaluate(KEPT) == [])


def test_shared_photos_wait_for_the_form(visit, ana):
    page = with_worker(visit(ana), "/")

    took = page.evaluate(SHARE)

    assert took == ["/new/?shared=1", [["dawn.jpg", "image/jpeg", 5], ["dusk ü.jpg", "image/jpeg", 5]], []]


def test_the_form_takes_what_was_shared(visit, ana):
    page = with_worker(visit(ana), "/")
    page.evaluate(SHARE.replace("await takeShared()", "[]"))

    page.goto("/new/?shared=1")

    expect(page.locator("[data-part=rows] [data-part=name]")).to_have_text(["dawn.jpg", "dusk ü.jpg"])
