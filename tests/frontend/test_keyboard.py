"""One-letter shortcuts: where they lead, and when they are not listened to."""

from tests.frontend.pieces import COMMENTS

CARDS = "".join(f"<post-card class=post-card data-post={key}>Post {key}</post-card>" for key in (1, 2, 3))
SHEET = """<button data-part=keyboard-open hidden>Keyboard shortcuts</button><template id=keyboard-sheet>
<dialog class=keyboard-sheet><form method=dialog><button>Close</button>
<label><input type=checkbox data-part=keys checked> Single keys</label></form></dialog></template>"""


def focus(tab):
    return tab.page.evaluate("document.activeElement.dataset.post")


def test_j_and_k_go_from_post_to_post_and_stop_at_the_ends(tab):
    tab.live(CARDS)
    at = []

    for key in "jjjjkkkk":
        tab.page.keyboard.press(key)
        at.append(focus(tab))

    assert at == ["1", "2", "3", "3", "2", "1", "1", "1"]


def test_c_leads_to_the_field_and_leaves_it_empty(tab):
    tab.live(COMMENTS.format(rows=""))

    tab.page.keyboard.press("c")

    assert tab.page.evaluate("[document.activeElement.name, document.activeElement.value]") == ["text", ""]


def test_a_slash_leads_to_the_search(tab, site):
    site.pages["/search/"] = "<title>Search</title>"
    tab.live(CARDS)

    tab.page.keyboard.press("/")

    tab.page.wait_for_url("**/search/")


def test_a_question_mark_shows_the_keys_and_escape_hides_them(tab):
    tab.live(SHEET)

    tab.page.keyboard.press("?")
    shown = tab.page.get_by_role("dialog").is_visible()
    tab.page.keyboard.press("Escape")

    assert (shown, tab.page.get_by_role("dialog").count()) == (True, 0)


def test_no_key_is_one_in_a_field_with_a_modifier_or_in_the_sheet(tab):
    tab.live(CARDS + SHEET + "<input>")

    tab.page.locator("input:visible").press("j")
    in_field = focus(tab)
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.keyboard.press("Control+j")
    with_modifier = focus(tab)
    tab.page.keyboard.press("?")
    tab.page.keyboard.press("j")

    assert (in_field, with_modifier, focus(tab)) == (None, None, None)


def test_who_switches_the_keys_off_has_none_and_finds_the_switch_again(tab):
    tab.live(CARDS + SHEET)
    tab.page.keyboard.press("?")
    tab.page.get_by_label("Single keys").uncheck()
    tab.page.get_by_role("button", name="Close").click()

    tab.page.keyboard.press("j")
    tab.page.keyboard.press("?")
    off = (focus(tab), tab.page.get_by_role("dialog").count())
    tab.page.get_by_role("button", name="Keyboard shortcuts").click()

    assert (off, tab.page.get_by_label("Single keys").is_checked()) == ((None, 0), False)
