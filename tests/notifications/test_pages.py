"""The page of notifications: its rows, and who asks to follow above them."""

import re

import pytest

from notifications import queries
from tests.support.build import make_request, make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def asking(page):
    """What the entry about requests says, if there is one."""
    found = re.search(r'class="asking__who">(.*?)</span>', page.content.decode(), re.DOTALL)
    return found and " ".join(found[1].split())


@pytest.mark.parametrize(
    ("fans", "says"), [([], None), (["ben"], "ben"), (["ben", "cleo"], "cleo and 1 other"), ("bcd", "d and 2 others")]
)
def test_who_asks_to_follow_stands_above_the_rows(fans, says):
    ana = make_user("ana", is_private=True)
    for name in fans:
        make_request(make_user(name), ana)

    assert asking(Web(ana).get("/notifications/")) == says


def test_a_fragment_is_the_rows_alone():
    ana = make_user("ana", is_private=True)
    make_request(make_user("ben"), ana)

    page = Web(ana).get("/notifications/", {"fragment": "1"})

    assert (page.templates[0].name, asking(page)) == ("notifications/_items.html", None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_requests(count, django_assert_num_queries):
    ana = make_user("ana", is_private=True)
    for number in range(count):
        make_request(make_user(f"fan{number}"), ana)

    with django_assert_num_queries(3):
        assert queries.opened(ana.id).asking_count == count
