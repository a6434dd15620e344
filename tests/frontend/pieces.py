"""What the templates print, cut down to what the elements need: names of elements, parts and data attributes."""

from typing import Any

AVATAR = "<span data-part=avatar><img data-part=avatar-image hidden><span data-part=avatar-initial></span></span>"
TOASTS = f"""
<toast-stack role=status aria-live=polite></toast-stack>
<template id=toast><div class=toast data-group data-across data-actor data-kind>
  <a data-part=link href="">{AVATAR}<b data-part=names></b> <span data-part=verb></span>
    <span data-part=excerpt hidden></span><img data-part=thumb hidden></a>
  <button type=button data-part=close>x</button>
</div></template>
<template id=notice><div class=toast>
  <p data-part=text></p><button type=button data-part=close>x</button>
</div></template>
"""
GROUPS = f"""
<notification-list><ol>{{rows}}</ol></notification-list>
<template id=notification-group>
<li class=notification data-group data-across data-ver data-kind data-read=false data-seen=false>
  <a data-part=link href=""><span data-part=faces>{AVATAR}{AVATAR}</span><span data-part=names></span>
    <span data-part=verb></span><span data-part=excerpt hidden></span><relative-time data-part=time></relative-time>
    <img data-part=thumb hidden><span data-part=unread-text>, unread</span></a>
</li></template>
"""
COMMENTS = f"""
<comment-list data-post=7><ol>{{rows}}</ol></comment-list>
<comment-form data-post=7><form method=post action="/p/7/comments/"><textarea name=text></textarea>
  <button type=submit>Post</button></form></comment-form>
<template id=comment><li class=comment data-comment>{AVATAR}<a data-part=author></a> <span data-part=text></span>
  <relative-time data-part=time></relative-time><span data-part=sending hidden>Sending</span>
  <button type=button data-part=retry hidden>Again</button>
  <form method=post action="/comments/0/delete/" data-part=delete-form hidden><button type=submit>Delete</button></form>
</li></template>
"""
LIKE = """
<like-button data-post=7 data-liked=false><form method=post action="/p/7/like/">
  <input type=hidden name=undo value=1 disabled><button type=submit aria-pressed=false>Like</button>
</form></like-button>
<live-count data-post=7 data-kind=likes data-ver=5>12</live-count>
"""
CARD = f"""
<post-card data-post=7 data-ver=5><div class="post-card__photos">photo</div>{LIKE}
<live-count data-post=7 data-kind=comments data-ver=5>3</live-count></post-card>
"""


def person(key: int, username: str) -> dict[str, Any]:
    return {"id": str(key), "username": username, "name": "", "avatar_url": "", "url": f"/@{username}/"}


def told(group: str, actor: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The payload of a `notification`: one more actor of a group."""
    kind = fields.pop("kind", "like")
    post = None if kind == "follow" else {"id": "7", "url": "/p/7/", "thumb": "", "alt": ""}
    shown = {"id": group, "kind": kind, "post": post, "actors": [actor], "actor_count": 1, "ver": 1}
    state = {"at": "2026-01-01T00:00:00Z", "seen": False, "read": False, "excerpt": None}
    entry = {"actor": actor, "text": fields.pop("text", None)}
    return {"group": {**shown, **state, **fields}, "entry": entry, "unread": 1}


def across(group: str, actor: dict[str, Any], count: int, **fields: Any) -> dict[str, Any]:
    """The same for what one person did to so many things."""
    return told(group, actor, across={"key": f"like.{actor['id']}.1", "count": count}, **fields)


def comment(key: int, text: str, author: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(key), "author": author, "text": text, "created_at": "2026-01-01T00:00:00Z"}
