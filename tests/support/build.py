"""Builders of rows for tests: facts as they stand in the database, nothing derived and nothing announced."""

import secrets
from datetime import timedelta
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import Block, Follow, FollowRequest, FormerUsername, Mute, User
from accounts.sessions import SessionStore
from content.actions.tagging import tag
from content.models import Comment, CommentLike, Like, Media, MediaKind, MediaState, Post, Save
from content.proofs import proof_for
from core import clock
from notifications.models import PostMute, Preference
from ops.models import Case, Report


def make_user(username="ana", *, password=None, **fields):
    """A person; without a password nobody can sign in as them, and no hash is computed."""
    fields = {"email": f"{username}@example.org", "password": make_password(password) if password else "!"} | fields
    return User.objects.create(username=username, **fields)


def make_users(*usernames):
    return [make_user(username) for username in usernames]


def make_totp(user, secret="JBSWY3DPEHPK3PXP"):
    """An authenticator app that knows the secret."""
    return Authenticator.objects.create(user=user, type="totp", data={"secret": secret})


def make_recovery_codes(user):
    """Recovery codes; answer them."""
    row = Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "a1b2c3", "used_mask": 0})
    return row.wrap().get_unused_codes()


def prove_second_factor(session):
    """What allauth leaves in a session that proved one."""
    store = SessionStore(session.session_key)
    store["account_authentication_methods"] = [{"method": "mfa"}]
    store["account_authentication_methods_user"] = str(session.user_id)
    store.save()


def make_follow(follower, followee):
    return Follow.objects.create(follower=follower, followee=followee)


def make_request(follower, followee):
    return FollowRequest.objects.create(follower=follower, followee=followee)


def make_block(blocker, blocked):
    return Block.objects.create(blocker=blocker, blocked=blocked)


def make_mute(muter, muted, **fields):
    return Mute.objects.create(muter=muter, muted=muted, **fields)


def make_post_mute(user, post):
    return PostMute.objects.create(user=user, post=post)


def make_preference(user, kind, senders):
    return Preference.objects.create(user=user, kind=kind, senders=senders)


def make_former_username(user, username, **fields):
    return FormerUsername.objects.create(user=user, username=username, **fields)


def make_media(owner, *, post=None, state=MediaState.READY, widths=(96,), videos=(), files=False, **fields):
    """A photo, or a video of these widths, ready unless told otherwise; `files` also writes a few bytes for each."""
    ready = {"width": 96, "height": 64, "blurhash": "LEHV6nWB2yk8", "placeholder": "data:image/webp;base64,UklGRg=="}
    ready["renditions"] = {str(width): f"{width}.webp" for width in widths}
    if videos:
        ready |= {"kind": MediaKind.VIDEO, "videos": {str(width): f"{width}.mp4" for width in videos}}
        ready["duration_ms"] = 2000
    fields = (ready if state == MediaState.READY else {}) | fields
    fields.setdefault("folder", secrets.token_hex(16))
    media = Media.objects.create(owner=owner, post=post, state=state, **fields)
    if files:
        for width in widths:
            write_file(media.folder, f"{width}.webp", b"RIFF %d" % width)
        for width in videos:
            write_file(media.folder, f"{width}.mp4", b"mp4 %d" % width)
    return media


def address_of(media, *, proven_for=None, width=96):
    """The address of a rendition; with a proof for somebody."""
    proof = f"?for={proof_for(proven_for.id, media.folder)}" if proven_for else ""
    return f"/media/{media.folder}/{width}{proof}"


def media_json(media, urls, **changes):
    """The JSON of a photo as `make_media` makes it, with these addresses."""
    return {
        "id": str(media.id),
        "state": "ready",
        "kind": "photo",
        "width": 96,
        "height": 64,
        "blurhash": "LEHV6nWB2yk8",
        "alt": "",
        "urls": urls,
        "videos": {},
        "duration": None,
        "reason": None,
    } | changes


def make_post(author, *, caption="", photos=1, published=True, **fields):
    """A post with photos that are ready; `published=False` leaves them uploaded."""
    fields.setdefault("published_at", clock.now() if published else None)
    post = Post.objects.create(author=author, caption=caption, **fields)
    state = MediaState.READY if published else MediaState.UPLOADED
    for position in range(photos):
        make_media(author, post=post, state=state, position=position)
    tag(post.id, caption)
    return post


def make_like(post, user):
    return Like.objects.create(post=post, user=user)


def make_save(post, user):
    return Save.objects.create(post=post, user=user)


def make_comment(post, author, text="Lovely.", **fields):
    return Comment.objects.create(post=post, author=author, text=text, **fields)


def make_reply(comment, author, text="Indeed."):
    return make_comment(comment.post, author, text, parent=comment)


def make_comment_like(comment, user):
    return CommentLike.objects.create(comment=comment, user=user)


def make_case(post, reporter, evidence, *, claimed_by):
    """A case about a post, with one report, that a moderator has claimed for long."""
    case = Case.objects.create(
        kind="post",
        object_id=post.id,
        person_id=post.author_id,
        claimed_by=claimed_by,
        claimed_until=clock.now() + timedelta(days=1),
    )
    Report.objects.create(case=case, reporter=reporter, reason="spam", evidence=evidence)
    return case


def write_file(folder, name, data):
    """Write a file into a photo's folder below MEDIA_ROOT."""
    path = Path(settings.MEDIA_ROOT) / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
