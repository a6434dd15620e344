"""The queue of wishes: one request runs, at most one is next, and the last wish wins."""

import pytest

MAKE = """
async () => {
  const { Desired } = await import("/static/js/lib/desired.js");
  window.sent = [];
  window.log = [];
  window.kept = [];
  window.answers = [];
  const waiting = () => new Promise((resolve, reject) => answers.push({ resolve, reject }));
  window.desired = new Desired({
    settled: false,
    keep: (state) => kept.push(state),
    send: (state) => { sent.push(state); return waiting(); },
    wait: () => Promise.resolve(),
    confirmed: (answer) => log.push(["confirmed", answer]),
    failed: (error, state) => log.push(["failed", state]),
  });
  window.turn = () => new Promise((done) => setTimeout(done));
}
"""


@pytest.fixture
def run(page):
    """Run steps on a fresh queue and give what it sent and what it told."""
    page.evaluate(MAKE)
    return lambda steps: page.evaluate(f"(async () => {{ {steps}; await turn(); return [sent, log]; }})()")


def test_fast_changes_of_mind_that_end_where_they_began_send_one_request(run):
    result = run("for (const wish of [true, false, true]) desired.want(wish); answers[0].resolve('a')")

    assert result == [[True], [["confirmed", "a"]]]


def test_a_change_of_mind_while_one_runs_sends_one_more(run):
    result = run(
        "for (const wish of [true, false, true, false]) desired.want(wish);"
        "answers[0].resolve('a'); await turn(); answers[1].resolve('b')"
    )

    assert result == [[True, False], [["confirmed", "b"]]]


def test_only_one_request_runs(run):
    result = run("desired.want(true); desired.want(false)")

    assert result == [[True], []]


def test_a_refusal_rolls_back(run):
    result = run("desired.want(true); answers[0].reject(new Error('no'))")

    assert result == [[True], [["failed", False]]]


def test_a_lost_answer_is_asked_for_again(run):
    result = run("desired.want(true); answers[0].reject({ retryable: true }); await turn(); answers[1].resolve('a')")

    assert result == [[True, True], [["confirmed", "a"]]]


def test_a_lost_request_that_is_not_wanted_any_more_is_taken_back(run):
    result = run(
        "desired.want(true); desired.want(false); answers[0].reject({ retryable: true });"
        "await turn(); answers[1].resolve('a')"
    )

    assert result == [[True, False], [["confirmed", "a"]]]


def test_a_state_told_by_the_server_is_where_the_next_wish_starts(run):
    result = run("desired.told(true); desired.want(true); desired.want(false)")

    assert result == [[False], []]


def test_each_wish_is_written_down_whatever_is_under_way(run, page):
    run("for (const wish of [true, false]) desired.want(wish)")

    assert page.evaluate("kept") == [True, False]
