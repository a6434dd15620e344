"""The delay rule, with chance and clock in the test's hands."""

RUN = """
async ([random, gaps]) => {
  const { Backoff } = await import("/static/sdk/backoff.js");
  let now = 0;
  const backoff = new Backoff({ random: () => random, now: () => now });
  return gaps.map((open) => {
    if (open !== null) { backoff.opened(); now += open; }
    return backoff.next();
  });
}
"""


def test_backoff_without_luck_doubles_up_to_its_ceiling(page):
    waits = page.evaluate(RUN, [1, [None] * 7])

    assert waits == [2_000, 3_000, 5_000, 9_000, 17_000, 30_000, 30_000]


def test_backoff_with_luck_still_waits_a_second(page):
    waits = page.evaluate(RUN, [0, [None] * 7])

    assert waits == [1_000] * 7


def test_backoff_starts_anew_after_thirty_stable_seconds(page):
    waits = page.evaluate(RUN, [1, [None, None, 30_000]])

    assert waits == [2_000, 3_000, 2_000]


def test_backoff_goes_on_after_a_connection_that_did_not_last(page):
    waits = page.evaluate(RUN, [1, [None, None, 29_999]])

    assert waits == [2_000, 3_000, 5_000]
