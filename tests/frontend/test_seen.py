"""What a service worker keeps of a person: so much, and nobody else's."""

import pytest

MAKE = """
async () => {
  window.seen = await import("/static/js/worker/seen.js");
  for (const name of await caches.keys()) await caches.delete(name);
  window.page = (viewer, status = 200, body = "") => new Response(body, { status, headers: { "X-Viewer": viewer } });
  window.kept = async () => {
    const found = {};
    for (const name of await caches.keys()) {
      found[name] = (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
    }
    return found;
  };
}
"""


@pytest.fixture
def run(page):
    """Run steps on empty caches, and give what is kept after them."""
    page.evaluate(MAKE)
    return lambda steps: page.evaluate(f"(async () => {{ {steps}; return kept() }})()")


def test_a_page_is_kept_for_whom_it_was_made(run):
    assert run("await seen.keepPage(new Request('/p/7/'), page('42'))") == {"seen-42": ["/p/7/"]}


def test_nothing_is_kept_of_a_visitor(run):
    assert run("await seen.keepPage(new Request('/p/7/'), page('0'))") == {}


def test_what_is_of_somebody_else_goes(run):
    steps = "await seen.keepPage(new Request('/'), page('42')); await seen.keepOnly('43')"

    assert run(steps) == {}


def test_a_page_that_is_not_there_any_more_goes(run):
    steps = "for (const status of [200, 404]) await seen.keepPage(new Request('/p/7/'), page('42', status))"

    assert run(steps) == {"seen-42": []}


def test_of_31_pages_the_one_seen_first_goes(run):
    steps = "for (let n = 1; n <= 31; n += 1) await seen.keepPage(new Request(`/p/${n}/`), page('42'))"

    assert run(steps) == {"seen-42": [f"/p/{n}/" for n in range(2, 32)]}


def test_a_photo_is_kept_beside_the_pages_of_a_person_and_of_nobody(run):
    photo = "await seen.keepPhoto(new Request('/media/a/640'), new Response('light'));"

    assert run(photo) == {}
    assert run("await seen.keepPage(new Request('/'), page('42'));" + photo) == {"seen-42": ["/", "/media/a/640"]}


def test_a_page_whose_style_sheets_a_deploy_has_replaced_goes(run):
    steps = """
      await seen.keepPage(new Request("/p/1/"), page("42", 200, '<link href="/static/css/base.old.css">'));
      await seen.keepPage(new Request("/p/2/"), page("42", 200, '<link href="/static/css/base.new.css">'));
      await seen.dropPagesWithout(new Set(["/static/css/base.new.css"]))
    """

    assert run(steps) == {"seen-42": ["/p/2/"]}


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/", True), ("/p/7/", True), ("/@ana/", True), ("/?after=x", False), ("/settings/", False), ("/@ana/x/", False)],
)
def test_feed_posts_and_profiles_are_pages_to_be_read_offline(page, path, kept):
    page.evaluate(MAKE)

    assert page.evaluate("path => seen.isPage(new URL(path, location.href))", path) is kept
