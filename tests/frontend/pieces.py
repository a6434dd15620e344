"""What the templates print, cut down to what the elements need: names of elements, parts and data attributes."""

import html
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
  <p data-part=text></p><button type=button data-part=action hidden></button>
  <button type=button data-part=close>x</button>
</div></template>
"""
GROUPS = f"""
<notification-list><ol>{{rows}}</ol></notification-list>
<template id=notification-group>
<li class=notification data-group data-across data-ver data-latest data-kind data-read=false data-seen=false>
  <a data-part=link href=""><span data-part=faces>{AVATAR}{AVATAR}</span><span data-part=names></span>
    <span data-part=verb></span><span data-part=excerpt hidden></span><relative-time data-part=time></relative-time>
    <img data-part=thumb hidden><span data-part=unread-text>, unread</span></a>
</li></template>
"""
COMMENT_LIKE = """<comment-like data-liked=false data-ver=0 data-count=0>
  <form method=post action="/comments/{key}/like/"><input type=hidden name=undo value=1 disabled>
  <button type=submit aria-pressed=false>Like this comment</button></form><span data-part=count></span>
</comment-like>"""
COMMENT_PARTS = """<form method=post action="/comments/{key}/delete/" data-part=delete-form {shown}>
  <button type=submit>Delete</button></form>"""
DELETED = "<p data-part=deleted hidden>Comment deleted. <button type=button data-part=undo>Undo</button></p>"
COMMENTS = f"""
<comment-list data-post=7><ol tabindex=-1 data-part=rows>{{rows}}</ol></comment-list>
<comment-form data-post=7><typing-note data-post=7></typing-note>
<form method=post action="/p/7/comments/"><input type=hidden name=parent disabled>
  <p data-part=reply-bar hidden><span data-part=reply-words></span> <a href="/p/7/" data-part=reply-cancel>x</a></p>
  <textarea name=text></textarea><button type=submit>Post</button></form></comment-form>
<template id=comment><li class=comment data-comment data-complete>{AVATAR}<a data-part=author></a>
  <span data-part=text></span><relative-time data-part=time></relative-time>
  <span data-part=sending hidden>Sending</span><button type=button data-part=retry hidden>Again</button>
  <a data-part=reply href="/p/7/">Reply</a>
  {COMMENT_PARTS.format(key=0, shown="hidden")}{COMMENT_LIKE.format(key=0)}
  <ol data-part=replies></ol><a data-part=more href="/p/7/" hidden></a>{DELETED}
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
    state = {"at": "2026-01-01T00:00:00Z", "latest": "100", "seen": False, "read": False, "excerpt": None}
    entry = {"actor": actor, "text": fields.pop("text", None)}
    return {"group": {**shown, **state, **fields}, "entry": entry, "unread": 1}


def across(group: str, actor: dict[str, Any], count: int, **fields: Any) -> dict[str, Any]:
    """The same for what one person did to so many things."""
    return told(group, actor, across={"key": f"like.{actor['id']}.1", "count": count}, **fields)


def comment(key: int, text: str, author: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A comment as REST and frames have it."""
    words = {"text": text, "text_html": html.escape(text), "created_at": "2026-01-01T00:00:00Z"}
    counts = {"ver": 0, "like_count": 0, "reply_count": 0}
    return {"id": str(key), "author": author, "parent": None} | words | counts | fields


def comment_row(key: int, text: str, *, complete: bool = True, more: str = "", attributes: str = "") -> str:
    """A comment as the server prints it, with the form of who may delete it."""
    hidden = "" if more else "hidden"
    return f"""<li class=comment id=comment-{key} data-comment={key} {"data-complete" if complete else ""} {attributes}>
      <a data-part=author>ben</a><span data-part=text>{text}</span><a data-part=reply href="/p/7/">Reply</a>
      {COMMENT_PARTS.format(key=key, shown="")}{COMMENT_LIKE.format(key=key)}<ol data-part=replies></ol>
      <a data-part=more href="/p/7/?thread={key}" {hidden}>{more}</a>{DELETED}</li>"""
