"""The second axis: what one person does of one kind in one sitting is one row, "ana liked 13 of your photos".

A group in which one person is alone has a key, of what it is, whose, by whom, and in which hour; and of the groups with
one key the newest is shown for all. Whoever joins takes it out: a group of several is a row of its own ("ana and ben
liked your photo"), and comes back when one of them is left. The key is a function of the entry, so that no race can
split a sitting.
"""

# An hour, in the time-ordered ids of entries: long enough to look through somebody's photos, and short enough that what
# was read in the morning is no news again in the evening.
HOUR = 3_600_000 << 23
KEY = "{kind} || '.' || {recipient} || '.' || {actor} || '.' || {entry} / " + str(HOUR)


def key_of(kind: str, recipient_id: int, actor_id: int, entry_id: int) -> str:
    """The same in Python."""
    return f"{kind}.{recipient_id}.{actor_id}.{entry_id // HOUR}"
