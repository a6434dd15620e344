"""The outbox: what was done is written down, sent once and in order, and the last wish wins, also between tabs."""

import pytest

MAKE = """
async () => {
  const { ApiError } = await import("/static/js/lib/api.js");
  const { Deeds } = await import("/static/js/lib/deeds.js");
  const { Outbox } = await import("/static/js/lib/outbox.js");
  window.deeds = new Deeds();
  await deeds.keepOnly("");
  window.asked = [];
  window.lost = [];
  window.now = 1_000_000_000;
  window.away = false;
  window.code = 200;
  window.make = (person = "42") => new Outbox({
    deeds, person, now: () => now, dropped: (gone) => lost.push(...gone.map(({ key }) => key)),
    ask: async ({ key }) => {
      if (away) throw new ApiError({ status: 0, title: "Away" });
      asked.push(key);
      if (code !== 200) throw new ApiError({ status: code, title: "No" });
      return key;
    },
  });
  window.outbox = make();
  window.wish = (key, state, lane = "like:7") => outbox.keep({ lane, key, state, method: "PUT", path: "/" });
  window.word = (key) => outbox.keep({ lane: "comments:7", key, method: "POST", path: "/", body: { text: key } });
}
"""


@pytest.fixture
def run(page):
    """Run steps on an empty outbox and give what they return."""
    page.evaluate(MAKE)
    return lambda steps: page.evaluate(f"(async () => {{ {steps} }})()")


def test_a_deed_is_sent_and_answered(run):
    assert run("await word('a'); return [await outbox.send({ lane: 'comments:7', key: 'a' }), asked]") == ["a", ["a"]]


def test_the_last_wish_takes_the_place_of_the_one_before(run):
    assert run("await wish('a', true); await wish('b', false); await outbox.sendAll(); return asked") == ["b"]


def test_words_are_sent_in_their_order(run):
    assert run("for (const key of 'abc') await word(key); await outbox.sendAll(); return asked") == ["a", "b", "c"]


def test_what_could_not_be_sent_is_kept_for_another_page(run):
    steps = "await word('a'); away = true; await outbox.sendAll(); away = false; await make().sendAll(); return asked"

    assert run(steps) == ["a"]


def test_two_tabs_at_once_send_a_deed_once(run):
    assert run("await word('a'); await Promise.all([outbox.sendAll(), make().sendAll()]); return asked") == ["a"]


def test_a_tab_whose_wish_was_replaced_by_another_takes_the_others_answer(run):
    steps = """
      await wish('a', true); await wish('b', false);
      const lane = "like:7";
      return [await Promise.all([make().send({ lane, key: 'b' }), outbox.send({ lane, key: 'a' })]), asked];
    """

    assert run(steps) == [["b", "b"], ["b"]]


def test_a_key_that_is_kept_already_is_not_kept_twice(run):
    assert run("await word('a'); await word('a'); await outbox.sendAll(); return asked") == ["a"]


def test_what_is_refused_is_not_sent_again(run):
    steps = "await word('a'); code = 404; const no = await outbox.sendAll(); await outbox.sendAll();"

    assert run(steps + "return [no.map(({ key }) => key), asked]") == [["a"], ["a"]]


def test_nobody_sends_what_another_person_did(run):
    assert run("await word('a'); await make('43').sendAll(); return asked") == []


def test_of_more_than_200_the_oldest_is_let_go_and_told(run):
    steps = "for (let n = 0; n <= 200; n += 1) await word(String(n)); await outbox.tidy();"

    assert run(steps + "return [lost[0], (await outbox.pending()).length]") == ["0", 200]


def test_what_is_older_than_a_week_is_let_go_and_told(run):
    steps = "await word('a'); now += 7 * 24 * 3600 * 1000 + 1; await outbox.tidy();"

    assert run(steps + "return [lost, await outbox.pending()]") == [["a"], []]


def test_deeds_are_forgotten_where_somebody_else_comes(run):
    assert run("await word('a'); await deeds.keepOnly('43'); return outbox.pending()") == []
