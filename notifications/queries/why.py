"""Why somebody was told of a deed, or not: its entry, and which of the rules hide it. For operators; shows no text."""

from dataclasses import dataclass

from core import sql
from notifications.entries import WHY_HIDDEN
from notifications.models import Kind

MOST = 20  # entries, the newest

_CASES = ", ".join(f"CASE WHEN {rule} THEN '{name}' END" for name, rule in WHY_HIDDEN.items())
_WHY = f"""
SELECT entry.id, entry.group_id, entry.kind, entry.object_id, entry.actor_id, actor.username, entry.hidden,
    array_to_string(ARRAY[{_CASES}], ',')
FROM notifications_entry AS entry
JOIN accounts_user AS actor ON actor.id = entry.actor_id
JOIN notifications_group AS g ON g.id = entry.group_id
LEFT JOIN content_post AS post ON post.id = coalesce(g.post_id, g.target) AND g.kind <> 'follow'
WHERE entry.recipient_id = %s AND ({{}}) AND (%s::bigint IS NULL OR entry.actor_id = %s::bigint)
ORDER BY entry.id DESC LIMIT {MOST}
"""  # noqa: S608 -- of constants
# What an entry may be found by; the number stands for the post, the comment or the group.
_BY = {
    "post": "coalesce(g.post_id, g.target) = %s AND g.kind NOT IN ('follow')",
    "comment": "entry.object_id = %s AND entry.kind IN ('comment', 'reply', 'mention', 'comment_like')",
    "notification": "g.id = %s",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A deed of which there is an entry. `rules` name those of WHY_HIDDEN that hide it now; `hidden`: it is so."""

    id: int
    group_id: int
    kind: Kind
    object_id: int
    actor_id: int
    actor: str
    hidden: bool
    rules: list[str]


def known(recipient_id: int, about: str, number: int, *, actor_id: int | None = None) -> list[Known]:
    """What there is of a `post`, a `comment` or a `notification` for a person, by all or one; the latest MOST."""
    rows = sql.rows(_WHY.format(_BY[about]), recipient_id, number, actor_id, actor_id)
    return [
        Known(entry, group, Kind(kind), thing, actor, username, hidden, names.split(",") if names else [])
        for entry, group, kind, thing, actor, username, hidden, names in rows
    ]
