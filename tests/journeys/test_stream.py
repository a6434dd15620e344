"""The event stream in a real browser: EventSource comes back by itself, with the cursor that it was given."""

from content.actions import likes
from tests.support.build import make_post, make_users
from tests.support.wait import until

OPEN = """() => {
  window.got = [];
  window.source = new EventSource("/rt/sse");
  source.addEventListener("ready", () => (window.ready = (window.ready ?? 0) + 1));
  source.addEventListener("message", ({ data, lastEventId }) => {
    const { t, seq } = JSON.parse(data);
    if (t === "ev") got.push([seq, lastEventId.split(".")[1]]);
  });
}"""


def test_a_browser_misses_nothing_while_the_server_is_away(visit, stack):
    ana, ben, chloe = make_users("ana", "ben", "chloe")
    post = make_post(ana)
    page = visit(ana)
    page.goto("/developers/")
    page.evaluate(OPEN)
    until(lambda: page.evaluate("window.ready === 1"))

    likes.like_post(post_id=post.id, actor_id=ben.id)
    until(lambda: page.evaluate("got.length === 1"))
    stack.web.stop()
    likes.like_post(post_id=post.id, actor_id=chloe.id)
    stack.web.start().wait()
    until(lambda: page.evaluate("window.ready === 2"))

    assert page.evaluate("got") == [[1, "1"], [2, "2"]]
