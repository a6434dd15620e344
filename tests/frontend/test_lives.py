"""Things that go away by themselves, and the throttle of what is read aloud."""

MAKE = """
async () => {
  const { Lives } = await import("/static/js/lib/lives.js");
  const { Throttle } = await import("/static/js/lib/throttle.js");
  const told = [];
  const lives = new Lives(20, (thing) => told.push(thing));
  const throttle = new Throttle(40, (text) => told.push(text));
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  STEPS;
  return told;
}
"""


def told(page, steps):
    return page.evaluate(MAKE.replace("STEPS", steps))


def test_a_life_ends_by_itself(page):
    assert told(page, "lives.start('a'); await wait(80)") == ["a"]


def test_a_life_that_is_held_goes_on(page):
    assert told(page, "lives.start('a'); lives.hold(true); lives.start('b'); await wait(80)") == []


def test_lives_end_after_the_hold(page):
    steps = "lives.hold(true); lives.start('a'); lives.hold(false); await wait(80)"

    assert told(page, steps) == ["a"]


def test_a_throttle_passes_the_first_at_once_and_then_the_latest(page):
    steps = "for (const text of ['a', 'b', 'c']) throttle.push(text); await wait(100)"

    assert told(page, steps) == ["a", "c"]
