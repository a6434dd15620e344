"""The example of the client's README runs as it stands there."""

import re

import pytest

from accounts import actions
from content.actions import likes
from tests.sdk.node import Follower
from tests.sdk.test_types import SDK
from tests.support.build import make_post, make_user

EXAMPLE = re.compile(r"```js\n(.*?)```", re.DOTALL)


@pytest.fixture
def project(tmp_path):
    """A developer's folder, with the client installed in it."""
    (tmp_path / "node_modules" / "@photophore").mkdir(parents=True)
    (tmp_path / "node_modules" / "@photophore" / "live").symlink_to(SDK)
    [example] = EXAMPLE.findall((SDK / "README.md").read_text())
    (tmp_path / "example.mjs").write_text(example.replace('"cursor.json"', f'"{tmp_path}/cursor.json"'))
    return tmp_path


def test_the_example_tells_of_a_like(stack, project):
    ana, ben = make_user("ana"), make_user("ben")
    post = make_post(ana)
    follower = Follower(project / "example.mjs", URL=stack.url, TOKEN=actions.make_token(user_id=ana.id))
    try:
        begun = [follower.line().strip() for _ in range(2)]
        likes.like_post(post_id=post.id, actor_id=ben.id)
        told = follower.line().strip()
    finally:
        follower.close()

    assert (begun, told) == (["load everything anew: fresh", "line: open"], "like by ben 1")
