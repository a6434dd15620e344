"""The demo's words and its story, before anything is written."""

import random
import re
from datetime import UTC, datetime

from PIL import Image

from content.models import MAX_ALBUM, MAX_CAPTION, MAX_COMMENT
from project.demo import remarks
from project.demo.album import FRAMES, Shot
from project.demo.captions import SCRIPTS
from project.demo.cast import CAST, extras
from project.demo.story import tell

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = [member.username for member in CAST]
SHOTS = {shot for script in SCRIPTS for shot in script.shots}


def story(seed=1, now=NOW):
    return tell(CAST, SCRIPTS, now=now, rng=random.Random(seed))


def test_the_same_seed_tells_the_same_story():
    assert story() == story()


def test_another_seed_tells_another():
    assert story(1).likes != story(2).likes


def test_nothing_happens_in_the_future_or_before_its_cause():
    told = story()

    deeds = [*told.likes, *told.comments]
    assert max([*told.posted, *(deed.at for deed in deeds), *(follow.at for follow in told.follows)]) < NOW
    assert [deed for deed in deeds if deed.at <= told.posted[deed.post]] == []
    assert [post for post, script in enumerate(SCRIPTS) if told.posted[post] <= told.joined[script.author]] == []
    assert told.posted == sorted(told.posted)


def test_nobody_likes_or_follows_twice_or_themselves():
    told = story()

    likes = [(like.post, like.user) for like in told.likes]
    follows = [(follow.follower, follow.followee) for follow in told.follows]
    assert (len(set(likes)), len(set(follows))) == (len(likes), len(follows))
    assert [like for like in told.likes if SCRIPTS[like.post].author == like.user] == []
    assert [follow for follow in told.follows if follow.follower == follow.followee] == []


def test_everybody_posts_and_is_unlike_the_others():
    assert {script.author for script in SCRIPTS} == set(NAMES)
    assert len(set(NAMES)) == len(NAMES) == len({member.name for member in CAST})


def test_captions_fit_and_mention_people_of_the_demo():
    mentioned = {name for script in SCRIPTS for name in re.findall(r"@(\w+)", script.caption)}

    assert mentioned <= set(NAMES)
    assert max(len(script.caption) for script in SCRIPTS) <= MAX_CAPTION
    assert max(len(script.shots) for script in SCRIPTS) <= MAX_ALBUM


def test_every_shot_is_there_described_and_large_enough():
    for shot in SHOTS | {member.avatar for member in CAST}:
        with Image.open(shot.path) as photo:
            left, top, right, bottom = shot.box(*photo.size)
            assert 0 <= left < right <= photo.width
            assert 0 <= top < bottom <= photo.height
        assert min(right - left, bottom - top) >= 300, shot
        assert len(shot.alt) > 10


def test_a_square_is_square_and_within_the_photo():
    assert Shot("nuthatch", "square").box(1440, 810) == (286, 0, 1096, 810)


def test_a_frame_is_known():
    assert {shot.frame for shot in SHOTS} <= {*FRAMES, "whole"}


def test_remarks_fit():
    words = [*remarks.GENERAL, *(text for texts in remarks.ON.values() for text in texts)]

    assert (max(map(len, words)) <= MAX_COMMENT, set(remarks.ON)) == (True, {shot.photo for shot in SHOTS})


def test_extras_take_no_name_that_is_taken():
    first = next(extras(set(), random.Random(1)))

    assert next(extras({first.username}, random.Random(1))).username != first.username
