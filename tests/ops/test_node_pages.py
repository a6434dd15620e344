"""The pages of the web processes, which drain and serve again at an operator's word, and of the record."""

import re

import pytest
from django.conf import settings

from accounts.models import Session
from ops import fleet
from ops.models import AuditEntry
from ops.nodes import Roll
from tests.support.build import make_user, prove_second_factor
from tests.support.client import LiveClient
from tests.support.stack import Web as Process
from tests.support.stack import free_port
from tests.support.wait import until
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "A deploy."


@pytest.fixture(scope="module")
def _east(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        east = Process("east-1", free_port())
        yield east
    east.kill()


@pytest.fixture
def east(_east, transactional_db):
    """A web process that serves, which these tests drain."""
    if _east.alive and node().state != "serving":
        _east.stop()
    _east.start().wait()
    until(node)
    return _east


def node():
    return next((one for one in Roll(settings.REDIS_URL).call() if one.node == "east-1"), None)


@pytest.fixture
def operator(transactional_db):
    """The browser of an operator."""
    user = make_user("olga", is_staff=True)
    web = Web(user)
    prove_second_factor(Session.objects.get(user=user))
    return web


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def order(operator, do, sure="1", **form):
    return operator.post(f"/ops/nodes/{node().id}/", {"do": do, "why": WHY, "seconds": "1", "sure": sure} | form)


def record():
    return list(AuditEntry.objects.order_by("id").values_list("what", "subject", "why"))


def test_a_process_drains_and_its_progress_is_shown(operator, east):
    client = LiveClient(east.live_url)
    client.hello()
    until(lambda: node().sockets == 1)
    here = node().id

    planned = text(order(operator, "drain", sure=""))
    before = node().state
    there = order(operator, "drain")["Location"]

    assert ("It has 1 connection" in planned, before, client.close_code()) == (True, "serving", 4001)
    until(lambda: node().state == "drained")
    page = text(operator.get(there))
    assert ("Drained" in page, 'max="1" value="0"' in page) == (True, True)
    assert record()[:2] == [("drain, dry run", f"node {here}", WHY), ("drain", f"node {here}", WHY)]


def test_a_process_serves_again(operator, east):
    order(operator, "drain")
    until(lambda: node().state == "drained")

    order(operator, "undrain")

    until(lambda: node().state == "serving")
    assert record()[-1] == ("undrain", f"node {node().id}", WHY)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"why": "ok"}, "Say why, in at least 3 characters."),
        ({"seconds": "soon"}, "From 0 to 3,600 seconds."),
        ({"seconds": "3601"}, "From 0 to 3,600 seconds."),
        ({"seconds": "nan"}, "From 0 to 3,600 seconds."),
        ({"do": "stop"}, "Drain it, or let it serve again."),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_changes_nothing(operator, east, form, said):
    answer = order(operator, form.pop("do", "drain"), **form)

    assert (answer.status_code, said in text(answer), record()) == (422, True, [])
    assert node().state == "serving"


def test_a_process_that_does_not_run_is_not_found(operator):
    assert operator.post("/ops/nodes/east-9.0/", {"do": "drain", "why": WHY, "sure": "1"}).status_code == 404


def test_without_redis_the_nodes_say_so(operator, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nothing listens there

    assert operator.get("/ops/nodes/").status_code == 503


def test_the_record_is_shown_a_page_at_a_time(operator):
    AuditEntry.objects.bulk_create(
        AuditEntry(actor_id=1, actor_name="rosa", what="search", subject=f"user u{number}") for number in range(60)
    )

    first = operator.get("/ops/audit/", {"actor": "rosa"})
    after = re.search(r"after=([\w-]+)", text(first))[1]
    second = operator.get("/ops/audit/", {"actor": "rosa", "after": after})

    shown = [re.findall(r"<code>user u(\d+)</code>", text(answer)) for answer in (first, second)]
    assert [[int(number) for number in page] for page in shown] == [list(range(59, 9, -1)), list(range(9, -1, -1))]


def test_who_reads_the_record_is_in_it(operator):
    operator.get("/ops/audit/")

    assert "<b>olga</b> look <code>record</code>" in text(operator.get("/ops/audit/"))


def test_a_cursor_that_is_none_is_refused(operator):
    assert operator.get("/ops/audit/", {"after": "x"}).status_code == 422


def everywhere(web):
    """What each page and form answers, by its status and where it leads."""
    asks = [web.get("/ops/nodes/"), web.get("/ops/audit/"), web.get("/ops/nodes/a/"), order(web, "drain")]
    return {(answer.status_code, answer.get("Location", "").partition("?")[0]) for answer in asks}


def test_nobody_but_operators_finds_or_orders_anything(east):
    got = {
        "visitor": everywhere(Web()),
        "member": everywhere(Web(make_user("carl"))),
        "staff": everywhere(Web(make_user("mod", is_staff=True))),
    }

    assert got == {"visitor": {(302, "/accounts/login/")}, "member": {(404, "")}, "staff": {(403, "")}}
    assert (node().state, record()) == ("serving", [])


def test_the_plan_counts_the_others_that_serve(operator, east, stack):
    until(lambda: fleet._plan(node().id).others == 1)  # a process that another test has killed is forgotten soon
