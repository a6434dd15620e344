"""The list of notifications and the badge: one row a group, the newest on top, the same on all devices."""

from tests.frontend.pieces import GROUPS, across, person, told
from tests.frontend.wire import event
from tests.support.wait import until

BEN, CHLOE = person(2, "ben"), person(3, "chloe")
ROWS = "".join(
    f"<li class=notification data-group={key} data-ver=3 data-latest={key * 10} data-read=false data-seen=false>"
    "<a data-part=link href=/><span data-part=names>x</span><span data-part=unread-text>, unread</span></a></li>"
    for key in (2, 1)
)
LIST = GROUPS.format(rows=ROWS)
BADGE = "<notification-badge data-count=2>2</notification-badge>"
ICON = """<link rel=icon href="data:,calm" data-calm="data:,calm" data-unread="data:,unread">"""


def icon(tab):
    return tab.page.evaluate("document.querySelector('link[data-unread]').href")


def groups(tab, script="row.dataset.group"):
    return tab.page.locator("ol > .notification").evaluate_all(f"rows => rows.map((row) => {script})")


def test_a_group_that_grows_moves_to_the_top(tab):
    line = tab.live(LIST)

    line.tell(event(11, **told("1", BEN, ver=4)))
    tab.drawn(line, 12)

    assert groups(tab) == ["1", "2"]


def test_a_group_that_is_not_newer_stays(tab):
    line = tab.live(LIST)

    line.tell(event(11, **told("1", BEN, ver=3)))
    tab.drawn(line, 12)

    assert groups(tab) == ["2", "1"]


def test_a_group_says_who_in_bold_and_how_many_more(tab):
    line = tab.live(LIST)

    line.tell(event(11, **told("9", BEN, actors=[BEN, CHLOE], actor_count=14)))
    tab.drawn(line, 12)

    [names] = tab.page.locator("[data-group='9'] [data-part=names]").evaluate_all("all => all.map((e) => e.innerHTML)")
    assert names == "<b>ben</b>, <b>chloe</b> and 12 others"


def test_a_group_without_anyone_goes(tab):
    line = tab.live(LIST)

    line.tell(event(11, "notification.retracted", id="1", group=None, entry={"actor": BEN}, unread=1))
    tab.drawn(line, 12)

    assert groups(tab) == ["2"]


def test_groups_of_one_batch_stand_as_they_are_listed(tab):
    line = tab.live(LIST)
    one, two = told("1", BEN, ver=5, latest="103"), told("2", BEN, ver=4, latest="102")

    line.tell(event(11, **one), event(12, **two), event(13, **one))
    tab.drawn(line, 14)

    assert groups(tab) == ["1", "2"]


def shrunk(tab, key, latest):
    """The rows once an undo has left a group with what came before."""
    line = tab.live(LIST)
    group = told(key, CHLOE, ver=4, latest=latest)["group"]
    line.tell(event(11, "notification.retracted", id=key, group=group, entry={"actor": BEN}, unread=1))
    tab.drawn(line, 12)
    return groups(tab, "[row.dataset.group, row.dataset.ver]")


def test_a_group_that_shrinks_and_is_as_new_stays_in_its_place(tab):
    assert shrunk(tab, "1", "9") == [["2", "3"], ["1", "4"]]


def test_a_group_that_has_lost_its_newest_goes_down(tab):
    assert shrunk(tab, "2", "9") == [["1", "3"], ["2", "4"]]


def test_a_group_of_an_old_log_is_the_newest(tab):
    line = tab.live(LIST)
    frame = told("100", BEN)
    del frame["group"]["latest"]

    line.tell(event(11, **frame))
    tab.drawn(line, 12)

    assert groups(tab) == ["100", "2", "1"]


KEY = "like.2.1"


def verbs(tab):
    return groups(tab, "[row.dataset.group, row.querySelector('[data-part=verb]')?.textContent]")


def test_what_one_likes_of_many_is_one_row(tab):
    line = tab.live(GROUPS.format(rows=""))

    line.tell(event(11, **across("8", BEN, 1)), event(12, **across("9", BEN, 2)))
    tab.drawn(line, 13)

    assert verbs(tab) == [["9", "liked 2 of your photos"]]


def test_an_undo_takes_one_off_the_row(tab):
    line = tab.live(GROUPS.format(rows=""))
    line.tell(event(11, **across("8", BEN, 1)), event(12, **across("9", BEN, 2)))
    rows = [{"key": KEY, "group": across("8", BEN, 1)["group"]}]

    line.tell(event(13, "notification.retracted", id="9", group=None, entry={"actor": BEN}, unread=1, rows=rows))
    tab.drawn(line, 14)

    assert verbs(tab) == [["8", "liked your photo"]]


def test_a_group_that_another_joins_leaves_the_row(tab):
    line = tab.live(GROUPS.format(rows=""))
    line.tell(event(11, **across("8", BEN, 1)), event(12, **across("9", BEN, 2)))
    rows = [{"key": KEY, "group": across("8", BEN, 1, latest="99")["group"]}]

    line.tell(event(13, rows=rows, **told("9", CHLOE, actors=[CHLOE, BEN], actor_count=2, ver=2)))
    tab.drawn(line, 14)

    assert verbs(tab) == [["9", "liked your photo"], ["8", "liked your photo"]]


def test_a_group_that_one_is_left_in_goes_into_their_row(tab):
    line = tab.live(GROUPS.format(rows=""))
    line.tell(event(11, **across("9", BEN, 1)), event(12, **told("8", CHLOE, actors=[CHLOE, BEN], actor_count=2)))
    group, rows = across("8", BEN, 2, ver=2)["group"], [{"key": KEY, "group": across("9", BEN, 2)["group"]}]

    line.tell(event(13, "notification.retracted", id="8", group=group, entry={"actor": CHLOE}, unread=1, rows=rows))
    tab.drawn(line, 14)

    assert verbs(tab) == [["9", "liked 2 of your photos"]]


def test_reading_on_another_device_dims_here(tab):
    line = tab.live(LIST)

    line.tell(event(11, "notification.read", ids=["2"], up_to=None, unread=1))
    tab.drawn(line, 12)

    assert groups(tab, "row.dataset.read") == ["true", "false"]


def test_what_stands_on_screen_for_a_while_is_marked_seen_and_not_read(tab, site):
    site.answer("POST /api/v1/notifications/seen", (200, {"ids": ["2", "1"]}))
    with tab.page.expect_response("**/api/v1/notifications/seen"):
        tab.live(LIST)

    assert [(asked.path, asked.body) for asked in site.asked] == [("/api/v1/notifications/seen", {"ids": ["2", "1"]})]


def test_what_is_below_the_screen_is_not_seen(tab, site):
    site.answer("POST /api/v1/notifications/seen", (200, {"ids": ["2"]}))
    far = ROWS.replace("</li>", "</li><li><svg height=3000></svg></li>", 1)
    with tab.page.expect_response("**/api/v1/notifications/seen"):
        tab.live(GROUPS.format(rows=far))

    assert site.asked[0].body == {"ids": ["2"]}


def test_seen_on_another_device_is_seen_here_and_stays_unread(tab):
    line = tab.live(LIST)

    line.tell(event(11, "notification.seen", ids=["2"], up_to=None, unread=1))
    tab.drawn(line, 12)

    state = groups(tab, "[row.dataset.seen, row.dataset.read]")
    assert state == [["true", "false"], ["false", "false"]]


def test_opening_one_marks_it_read_though_its_page_comes(tab, site):
    site.pages["/p/7/"] = "<title>The post</title>"
    tab.live(LIST.replace("href=/", "href=/p/7/"))

    tab.page.locator("[data-group='1'] a").click()
    tab.page.wait_for_url("**/p/7/")

    until(lambda: [(a.path, a.body) for a in site.asked] == [("/api/v1/notifications/read", {"ids": ["1"]})])


def test_all_are_marked_read_without_a_reload(tab, site):
    site.answer("POST /api/v1/notifications/read", (200, {"ids": ["2", "1"]}))
    form = (
        "<form class=notifications__all method=post action=/notifications/read/><button>Mark all read</button></form>"
    )
    tab.live(form + LIST)

    with tab.page.expect_response("**/api/v1/notifications/read"):
        tab.page.get_by_role("button", name="Mark all read").click()

    assert (groups(tab, "row.dataset.read"), site.asked[0].body) == (["true", "true"], {})


def test_the_badge_and_the_title_count(tab):
    line = tab.live(BADGE, title="(2) Photophore")

    line.tell(event(11, **(told("1", BEN) | {"unread": 120})))
    tab.drawn(line, 12)

    badge = tab.page.locator("notification-badge")
    assert (badge.text_content(), badge.get_attribute("data-count"), tab.page.title()) == (
        "99+",
        "120",
        "(120) Photophore",
    )


def test_the_icon_shows_that_there_is_something(tab):
    line = tab.live(BADGE.replace("2", "0") + ICON)
    line.tell(event(11, **told("1", BEN)))
    tab.drawn(line, 12)
    before = icon(tab)

    line.tell(event(13, "notification.seen", ids=None, up_to=None, unread=0))
    tab.drawn(line, 14)

    assert (before, icon(tab)) == ("data:,unread", "data:,calm")


def test_the_badge_of_the_app_follows(tab):
    tab.page.add_init_script("navigator.setAppBadge = async (count) => { (window.badges ??= []).push(count); }")
    line = tab.live(BADGE)

    line.tell(event(11, **(told("1", BEN) | {"unread": 3})))
    tab.drawn(line, 12)

    assert tab.page.evaluate("badges") == [2, 3]


def test_the_badge_of_nothing_is_empty(tab):
    line = tab.live(BADGE, title="(2) Photophore")

    line.tell(event(11, "notification.read", ids=None, up_to=None, unread=0))
    tab.drawn(line, 12)

    assert (tab.page.locator("notification-badge").text_content(), tab.page.title()) == ("", "Photophore")


def test_the_badge_loads_its_number_again_on_resync(tab, site):
    site.answer("GET /api/v1/notifications/unread", (200, {"count": 7}))
    line = tab.live(BADGE)

    line.tell({"t": "resync", "reason": "behind", "at": {"epoch": "k", "seq": 90}})
    tab.page.wait_for_function("() => document.querySelector('notification-badge').textContent === '7'")

    assert tab.page.title() == "(7) Photophore"
