"""Answers, likes of comments and pins, from the REST call to whoever has the post open; and their undoing."""

import pytest

from tests.support.build import make_block, make_comment, make_post, make_users


@pytest.fixture
def people(stack):
    return make_users("ana", "ben", "chloe")


@pytest.fixture
def comment(people):
    """Ben's, under ana's post."""
    return make_comment(make_post(people[0]), people[1])


def listen(open_socket, user, comment):
    client = open_socket(user)
    client.hello(topics=[f"post:{comment.post_id}"])
    assert client.next("ok")["denied"] == {}
    return client


def shown(client, part):
    """The next state of the post that has this part, alone."""
    return client.next("st", where=lambda frame: part in frame["d"])["d"]


def test_an_answer_shows_with_the_count_of_its_comment_and_goes_with_it(api, open_socket, people, comment):
    reader = listen(open_socket, None, comment)
    path = f"/posts/{comment.post_id}/comments"

    reply = api(people[2]).post(path, json={"text": "Indeed.", "parent": str(comment.id)}).json()

    first = shown(reader, "added")
    assert ([one["parent"] for one in first["added"]], first["comment_count"]) == ([str(comment.id)], 1)
    assert shown(reader, "counts") == {"counts": {str(comment.id): [1, 0, 1]}}

    api(people[2]).delete(f"/comments/{reply['id']}")

    assert shown(reader, "removed") == {"comment_count": 0, "added": [], "removed": [reply["id"]]}
    assert shown(reader, "counts") == {"counts": {str(comment.id): [2, 0, 0]}}


def test_a_like_of_a_comment_shows_and_so_does_taking_it_back(api, open_socket, people, comment):
    reader = listen(open_socket, None, comment)
    own = listen(open_socket, people[2], comment)

    api(people[2]).put(f"/comments/{comment.id}/like", headers={"Idempotency-Key": "m-1"})
    api_frame = own.event("comment.liked")
    first = shown(reader, "counts")
    api(people[2]).delete(f"/comments/{comment.id}/like")

    ids = {"comment": str(comment.id), "post": str(comment.post_id)}
    assert (api_frame["mut"], api_frame["d"]) == ("m-1", ids | {"liked": True, "like_count": 1, "ver": 1})
    assert first == {"counts": {str(comment.id): [1, 1, 0]}}
    assert shown(reader, "counts") == {"counts": {str(comment.id): [2, 0, 0]}}
    assert own.event("comment.liked")["d"] == ids | {"liked": False, "like_count": 0, "ver": 2}


def test_a_pin_shows_to_those_who_may_see_the_comment(api, open_socket, people, comment):
    make_block(people[1], people[2])
    reader, silent = listen(open_socket, None, comment), listen(open_socket, people[2], comment)

    api(people[0]).put(f"/comments/{comment.id}/pin")
    pinned = [shown(reader, "pinned"), shown(reader, "pinned")]
    api(people[0]).delete(f"/comments/{comment.id}/pin")

    assert [*pinned, shown(reader, "pinned")] == [{"pinned": None}, {"pinned": str(comment.id)}, {"pinned": None}]
    assert [shown(silent, "pinned"), shown(silent, "pinned")] == [{"pinned": None}] * 2


@pytest.mark.parametrize("who", ["wrote", "answered"])
def test_whoever_keeps_silence_with_one_of_them_sees_no_answer(who, api, open_socket, people, comment):
    (dan,) = make_users("dan")
    make_block(dan, people[{"wrote": 2, "answered": 1}[who]])
    reader, silent = listen(open_socket, None, comment), listen(open_socket, dan, comment)
    chloe, path = api(people[2]), f"/posts/{comment.post_id}/comments"

    reply = chloe.post(path, json={"text": "Indeed.", "parent": str(comment.id)}).json()
    seen = [one["id"] for one in shown(reader, "added")["added"]]
    api(people[0]).put(f"/comments/{reply['id']}/like")
    reader.next("st", where=lambda frame: frame["d"].get("counts", {}).keys() == {reply["id"]})
    chloe.delete(f"/comments/{reply['id']}")
    assert shown(reader, "removed")["removed"] == [reply["id"]]
    api(people[0]).post(path, json={"text": "Thank you."})

    assert (seen, [one["text"] for one in shown(silent, "added")["added"]]) == ([reply["id"]], ["Thank you."])
    assert [frame for frame in silent.frames if reply["id"] in str(frame)] == []


def notice(client, kind):
    """The next notification of this sort, in short."""
    data = client.event(kind)["d"]
    return data["group"] and (data["group"]["kind"], data["group"]["post"]["id"]), data["entry"]["actor"]["username"]


@pytest.mark.parametrize("kind", ["reply", "mention", "comment_like"])
def test_somebody_elsewhere_hears_of_it_and_of_its_undoing(kind, api, open_socket, people, comment):
    socket, path = listen(open_socket, people[1], comment), f"/posts/{comment.post_id}/comments"
    chloe = api(people[2])

    match kind:
        case "reply":
            made = chloe.post(path, json={"text": "Indeed.", "parent": str(comment.id)}).json()
        case "mention":
            made = chloe.post(path, json={"text": "@ben look"}).json()
        case "comment_like":
            chloe.put(f"/comments/{comment.id}/like")
    told = notice(socket, "notification")
    if kind == "comment_like":
        chloe.delete(f"/comments/{comment.id}/like")
    else:
        chloe.delete(f"/comments/{made['id']}")

    assert told == ((kind, str(comment.post_id)), "chloe")
    assert notice(socket, "notification.retracted") == (None, "chloe")
