"""Going through pages: the photo that grows, the list that is as long as it was, and a page that comes back live."""

import pytest
from playwright.sync_api import expect

from content import actions as content
from tests.support.build import make_comment, make_follow, make_media, make_post, make_users


@pytest.fixture
def people(stack):
    return make_users("ana", "ben")


def test_who_comes_back_to_a_grown_list_finds_their_place(visit, people):
    ana, ben = people
    for _ in range(50):
        make_media(ana, post=make_post(ana, photos=0), files=True)
    page = visit(ben)
    page.goto("/@ana/")
    for _ in range(4):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(200)
    expect(page.locator(".photo-grid__item")).to_have_count(50)
    page.evaluate("scrollTo({ top: 1000, behavior: 'instant' })")

    page.goto("/explore/")
    page.evaluate("history.back()")
    page.wait_for_url("**/@ana/")

    expect(page.locator(".photo-grid__item")).to_have_count(50)
    page.wait_for_function("() => scrollY === 1000")


def test_the_pressed_photo_alone_is_named_and_only_while_it_moves(visit, people):
    ana, ben = people
    posts = [make_post(ana, photos=0) for _ in range(3)]
    for post in posts:
        make_media(ana, post=post, files=True)
    page = visit(ben)
    page.add_init_script(
        "addEventListener('pagehide', () => sessionStorage.setItem('named', JSON.stringify("
        "[...document.querySelectorAll('.opened-photo')].map((photo) => photo.closest('a').pathname))))"
    )
    page.goto("/@ana/")

    page.locator(f".photo-grid__link[href='/p/{posts[1].id}/']").click()
    page.wait_for_url(f"**/p/{posts[1].id}/")
    named = page.evaluate("JSON.parse(sessionStorage.getItem('named'))")
    page.go_back()

    assert named == [f"/p/{posts[1].id}/"]
    expect(page.locator(".opened-photo")).to_have_count(0)


def test_a_page_that_somebody_points_at_is_fetched_before_they_press(visit, people):
    ana, ben = people
    make_post(ana)
    page = visit(ben)
    page.goto("/@ana/")

    with page.expect_request("**/explore/") as asked:
        page.evaluate(
            "() => { const a = document.createElement('a'); a.href = '/explore/'; a.textContent = 'Explore';"
            " document.querySelector('main').prepend(a); }"
        )
        page.get_by_role("link", name="Explore").first.hover()

    assert asked.value.headers["sec-purpose"] == "prefetch"


def test_a_comment_is_answered_liked_and_had_back_between_two(visit, people):
    ana, ben = people
    post = make_post(ana)
    make_comment(post, ben, text="What a light!")
    hers, his = visit(ana), visit(ben)
    for page in (hers, his):
        page.goto(f"/p/{post.id}/")

    for page in (hers, his):  # that somebody types is told to who is there
        expect(page.locator("live-banner")).not_to_have_attribute("data-state", "connecting")

    hers.get_by_role("link", name="Reply").click()
    hers.get_by_label("Your comment").fill("It was, @ben")
    expect(his.locator("typing-note")).to_have_text("ana is typing…")
    hers.get_by_role("button", name="Post", exact=True).click()
    expect(his.locator(".comment__replies [data-part=text]")).to_have_text("It was, @ben")
    expect(his.locator(".comment__replies").get_by_role("link", name="@ben")).to_have_attribute("href", "/@ben/")

    his.locator(".comment--reply").get_by_role("button", name="Like this comment").click()
    expect(hers.locator(".comment--reply [data-part=count]")).to_have_text("1")

    hers.locator(".comment--reply").get_by_role("button", name="Delete this comment").click()
    hers.get_by_role("button", name="Undo").click()
    expect(hers.locator(".comment--reply")).to_contain_text("It was")
    hers.locator(".comment--reply").get_by_role("button", name="Delete this comment").click()
    hers.goto("/")  # what waits to be taken back is done when its page goes
    expect(his.locator(".comment--reply")).to_have_count(0)


def test_new_posts_are_counted_at_home_and_come_on_one_press(visit, people):
    ana, ben = people
    make_follow(ben, ana)
    old = make_post(ana)
    his = visit(ben)
    his.goto("/")
    expect(his.locator("live-banner")).not_to_have_attribute("data-state", "connecting")

    news = [content.create_post(author_id=ana.id, caption="New", media_ids=[make_media(ana).id]).id for _ in range(2)]
    expect(his.locator("fresh-posts")).to_have_text("2 new posts")
    his.locator("fresh-posts button").click()

    shown = his.locator(".feed post-card")
    expect(shown).to_have_count(3)
    assert shown.evaluate_all("all => all.map((card) => card.dataset.post)") == [
        str(post_id) for post_id in (*reversed(news), old.id)
    ]


def test_without_scripts_a_comment_is_answered_liked_and_deleted_by_forms(visit, people):
    ana, ben = people
    post = make_post(ana)
    make_comment(post, ben, text="What a light!")
    page = visit(ana, java_script_enabled=False)
    page.goto(f"/p/{post.id}/")

    page.get_by_role("link", name="Reply").click()
    page.get_by_label("Your comment").fill("It was.")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator(".comment__replies [data-part=text]")).to_have_text("It was.")

    page.locator(".comment--reply").get_by_role("button", name="Like this comment").click()
    expect(page.locator(".comment--reply comment-like")).to_have_attribute("data-liked", "true")

    page.locator(".comment--reply").get_by_role("button", name="Delete this comment").click()
    expect(page.locator(".comment--reply")).to_have_count(0)
