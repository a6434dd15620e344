"""Facts about comments: writing, deleting, reading."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.people import person_of
from content import actions, queries
from content.actions import once
from content.cards import CommentView
from content.models import Comment, Made
from core import clock
from core.ids import created_at
from core.problems import Conflict, Forbidden, Invalid, NotFound
from events import types
from tests.support.build import make_comment, make_post, make_user, make_users


@pytest.mark.django_db
def test_comment_keeps_the_fact_and_records_it(recorded):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    view = actions.comment(post_id=post.id, actor_id=ben.id, text="  Oh!\r\nBlue. ", mut="m1")

    assert view == CommentView(view.id, post.id, person_of(ben), "Oh!\nBlue.", created_at(view.id), can_delete=True)
    assert list(Comment.objects.values_list("id", "post_id", "author_id", "text")) == [
        (view.id, post.id, ben.id, "Oh!\nBlue.")
    ]
    assert recorded() == [
        types.CommentAdded(comment_id=view.id, post_id=post.id, author_id=ana.id, actor_id=ben.id, mut="m1")
    ]


@pytest.mark.django_db
def test_comment_with_the_same_key_is_the_first_one(recorded):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    first, again = [actions.comment(post_id=post.id, actor_id=ben.id, text="Oh!", mut="m1") for _ in range(2)]

    assert again == first
    assert Comment.objects.count() == 1
    assert len(recorded()) == 1


@pytest.mark.django_db
def test_comment_keys_of_two_people_are_apart():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    ids = {actions.comment(post_id=post.id, actor_id=user.id, text="Oh!", mut="m1").id for user in (ana, ben)}

    assert ids == set(Comment.objects.values_list("id", flat=True))
    assert len(ids) == 2


@pytest.mark.django_db
def test_comment_with_the_key_of_a_deleted_one_is_a_conflict():
    ana = make_user()
    post = make_post(ana)
    first = actions.comment(post_id=post.id, actor_id=ana.id, text="Oh!", mut="m1")
    actions.delete_comment(comment_id=first.id, actor_id=ana.id)

    with pytest.raises(Conflict):
        actions.comment(post_id=post.id, actor_id=ana.id, text="Oh!", mut="m1")

    assert Comment.objects.count() == 0


@pytest.mark.django_db
def test_a_key_is_known_for_longer_than_pages_go_on_repeating_it():
    ana = make_user()
    post = make_post(ana)
    first = actions.comment(post_id=post.id, actor_id=ana.id, text="Oh!", mut="m1")
    Made.objects.update(created_at=clock.now() - timedelta(days=7, hours=1))

    once.forget()

    assert actions.comment(post_id=post.id, actor_id=ana.id, text="Oh!", mut="m1").id == first.id


@pytest.mark.django_db
def test_a_refused_comment_does_not_use_up_its_key():
    ana = make_user()
    post = make_post(ana)
    with pytest.raises(Invalid):
        actions.comment(post_id=post.id, actor_id=ana.id, text=" ", mut="m1")

    view = actions.comment(post_id=post.id, actor_id=ana.id, text="Oh!", mut="m1")

    assert view.text == "Oh!"


@pytest.mark.django_db(transaction=True)
def test_a_comment_sent_eight_times_at_once_is_one_comment(recorded):
    ana = make_user()
    post = make_post(ana)

    def comment(_):
        try:
            return actions.comment(post_id=post.id, actor_id=ana.id, text="Oh!", mut="m1").id
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(comment, range(8)))

    assert ids == {Comment.objects.get().id}
    assert len(recorded()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (" \n ", "Write something first."),
        ("x" * 1001, "1,001 characters is over the limit of 1,000."),
        ("a\0b", "This text holds a character that no text has."),
        ("a\ud800b", "This text holds a character that no text has."),
    ],
    ids=["empty", "long", "nul", "surrogate"],
)
def test_comment_refuses_what_is_no_comment(text, detail):
    ana = make_user()
    post = make_post(ana)

    with pytest.raises(Invalid) as refusal:
        actions.comment(post_id=post.id, actor_id=ana.id, text=text)

    assert (refusal.value.detail, refusal.value.field) == (detail, "text")


@pytest.mark.django_db
@pytest.mark.parametrize("mut", [None, "m1"])
def test_a_comment_is_one_statement(mut, django_assert_num_queries):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    with django_assert_num_queries(1):
        actions.comment(post_id=post.id, actor_id=ben.id, text="Oh!", mut=mut)


@pytest.mark.django_db
@pytest.mark.parametrize(("comments_off", "refusal"), [(False, NotFound), (True, Forbidden)])
def test_where_one_may_not_write_the_text_does_not_matter(comments_off, refusal):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana, published=comments_off, comments_off=comments_off)

    with pytest.raises(refusal):
        actions.comment(post_id=post.id, actor_id=ben.id, text=" ")


@pytest.mark.django_db
def test_comment_on_a_hidden_post_finds_no_post(recorded):
    ana, ben = make_users("ana", "ben")
    hidden = make_post(ana, published=False)

    with pytest.raises(NotFound):
        actions.comment(post_id=hidden.id, actor_id=ben.id, text="Oh!")

    assert recorded() == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["writer", "author"])
def test_delete_comment_takes_the_fact_back_and_records_its_writer(who, recorded):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    comment = make_comment(post, ben)
    actor = {"writer": ben, "author": ana}[who]

    post_id = actions.delete_comment(comment_id=comment.id, actor_id=actor.id)

    assert post_id == post.id
    assert Comment.objects.count() == 0
    assert recorded() == [
        types.CommentDeleted(comment_id=comment.id, post_id=post.id, author_id=ana.id, actor_id=ben.id)
    ]


@pytest.mark.django_db
def test_delete_comment_twice_is_not_found_and_announced_once(recorded):
    ana = make_user()
    comment = make_comment(make_post(ana), ana)
    actions.delete_comment(comment_id=comment.id, actor_id=ana.id)

    with pytest.raises(NotFound):
        actions.delete_comment(comment_id=comment.id, actor_id=ana.id)

    assert len(recorded()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("published", "refusal"), [(True, Forbidden), (False, NotFound)])
def test_a_stranger_may_not_delete_a_comment(published, refusal):
    ana, ben = make_users("ana", "ben")
    comment = make_comment(make_post(ana, published=published), ana)

    with pytest.raises(refusal):
        actions.delete_comment(comment_id=comment.id, actor_id=ben.id)

    assert Comment.objects.count() == 1


@pytest.mark.django_db
def test_comments_page_is_in_the_order_of_reading():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    comments = [make_comment(post, user, text) for user, text in [(ben, "one"), (ana, "two"), (ben, "three")]]

    first = queries.comments_page(ben.id, post.id, limit=2)
    second = queries.comments_page(ben.id, post.id, limit=2, after=first.next)

    assert [view.id for view in first.items + second.items] == [comment.id for comment in comments]
    assert [view.can_delete for view in first.items + second.items] == [True, False, True]
    assert second.next is None


@pytest.mark.django_db
def test_comments_of_people_who_are_not_active_are_not_shown():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    make_comment(post, ben)
    ben.is_active = False
    ben.save()

    assert queries.comments_page(ana.id, post.id).items == []


@pytest.mark.django_db
@pytest.mark.parametrize("items", [1, 3])
def test_comments_page_costs_two_queries(items, django_assert_num_queries):
    ana = make_user()
    post = make_post(ana)
    for _ in range(items):
        make_comment(post, ana)

    with django_assert_num_queries(2):
        assert len(queries.comments_page(ana.id, post.id).items) == items


@pytest.mark.django_db
def test_comments_by_id_leaves_out_what_was_deleted(django_assert_num_queries):
    ana = make_user()
    comment = make_comment(make_post(ana), ana)

    with django_assert_num_queries(1):
        found = queries.comments_by_id([comment.id, 7])

    view = CommentView(comment.id, comment.post_id, person_of(ana), "Lovely.", created_at(comment.id))
    assert found == {comment.id: view}
