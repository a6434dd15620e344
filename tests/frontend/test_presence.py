"""The dot beside a person: lit while they are there, for those who may know."""

DOT = "<presence-dot data-username=ben hidden>.</presence-dot>"
SELECTOR = "presence-dot:not([hidden])"


def told(online, ttl=75_000):
    return {"t": "eph", "topic": "presence:ben", "d": {"online": online}, "ttl": ttl}


def lit(tab, state):
    tab.page.locator(SELECTOR).wait_for(state="attached" if state else "detached")


def test_the_dot_follows_who_comes_and_goes(tab):
    line = tab.live(DOT)

    line.tell(told(True))
    lit(tab, True)
    line.tell(told(False))

    lit(tab, False)


def test_who_is_told_of_no_more_is_not_there(tab):
    line = tab.live(DOT)

    line.tell(told(True, ttl=200))
    lit(tab, True)

    lit(tab, False)


def test_who_was_there_before_is_shown(tab):
    line = tab.live(DOT)

    line.tell({"t": "ok", "id": "1", "topics": {"presence:ben": {"ver": 0, "snap": {"online": True}}}, "denied": {}})

    lit(tab, True)


def test_who_left_while_the_line_was_down_is_not_there(tab):
    line = tab.live(DOT)
    line.tell({"t": "ok", "id": "1", "topics": {"presence:ben": {"ver": 0, "snap": {"online": True}}}, "denied": {}})
    lit(tab, True)

    line.tell({"t": "ok", "id": "2", "topics": {"presence:ben": {"ver": 0, "snap": {"online": False}}}, "denied": {}})

    lit(tab, False)


def test_the_dot_goes_out_for_who_may_not_know_any_more(tab):
    line = tab.live(DOT)
    line.tell(told(True))
    lit(tab, True)

    line.tell({"t": "revoked", "topics": ["presence:ben"], "reason": "hidden"})

    lit(tab, False)
