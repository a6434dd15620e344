"""The REST API as a whole: sign-in, CSRF, problems, the description."""

import logging

import pytest

from accounts.models import User
from project.api import api
from tests.support.build import make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

WRONG_CSRF = "The CSRF token is missing or wrong: send the cookie csrftoken in X-CSRFToken."


def problem_of(answer):
    """The problem without its instance, after a look at its kind."""
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body.pop("instance") == answer["X-Request-ID"]
    return body


def test_instance_needs_no_sign_in():
    answer = Web().get("/api/v1/instance")

    assert answer.json() == {
        "name": "Photophore",
        "version": "0.1.0",
        "limits": {"upload_bytes": 26214400, "video_bytes": 104857600, "video_seconds": 60, "page_items": 50},
        "features": ["signup"],
    }


def test_sign_in_by_session():
    assert Web(make_user("ana")).get("/api/v1/me").json()["username"] == "ana"


def test_sign_in_by_token():
    assert Web(make_user("ana"), token=True).get("/api/v1/me").json()["username"] == "ana"


def test_nobody_is_told_to_sign_in():
    answer = Web().get("/api/v1/me")

    assert problem_of(answer) == {"type": "about:blank", "title": "Sign in first", "status": 401}
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_wrong_token_is_refused_beside_a_good_session():
    answer = Web(make_user("ana"), headers={"Authorization": "Bearer pho_wrong"}).get("/api/v1/me")

    assert problem_of(answer) == {
        "type": "about:blank",
        "title": "Sign in first",
        "status": 401,
        "detail": "This token is unknown or was revoked.",
    }


def test_an_empty_token_is_refused_beside_a_good_session():
    assert Web(make_user("ana"), headers={"Authorization": "Bearer"}).get("/api/v1/me").status_code == 401


def test_a_session_without_csrf_token_may_read():
    assert Web(make_user("ana"), csrf=True).get("/api/v1/me").status_code == 200


def test_a_session_without_csrf_token_may_not_write():
    answer = Web(make_user("ana"), csrf=True).send("PATCH", "/api/v1/me", {"name": "Mallory"})

    assert problem_of(answer) == {
        "type": "about:blank", "title": "Not allowed", "status": 403, "detail": WRONG_CSRF,
    }  # fmt: skip
    assert User.objects.get().name == ""


def test_a_session_with_csrf_token_may_write():
    web = Web(make_user("ana"), csrf=True)
    web.client.cookies["csrftoken"] = "a" * 32

    answer = web.send("PATCH", "/api/v1/me", {"name": "Ana"}, headers={"X-CSRFToken": "a" * 32})

    assert answer.json()["name"] == "Ana"


def test_a_token_needs_no_csrf_token():
    web = Web(make_user("ana"), token=True, csrf=True)

    assert web.send("PATCH", "/api/v1/me", {"name": "Ana"}).json()["name"] == "Ana"


def test_a_deactivated_person_is_nobody():
    web = Web(make_user("ana"), token=True)
    User.objects.update(is_active=False)

    assert web.get("/api/v1/me").status_code == 401


def test_an_unknown_address_is_a_problem():
    answer = Web().get("/api/v1/nowhere")

    assert problem_of(answer) == {"type": "about:blank", "title": "Not Found", "status": 404}


def test_a_wrong_method_is_a_problem_that_names_the_right_ones():
    answer = Web(make_user("ana")).send("DELETE", "/api/v1/instance")

    assert problem_of(answer) == {"type": "about:blank", "title": "Method Not Allowed", "status": 405}
    assert answer["Allow"] == "GET"


def test_a_wrong_field_is_named():
    answer = Web(make_user("ana")).send("PATCH", "/api/v1/me", {"name": 7})

    assert problem_of(answer) == {
        "type": "about:blank",
        "title": "Not valid",
        "status": 422,
        "errors": [{"field": "name", "detail": "Input should be a valid string"}],
    }


def test_an_unknown_field_is_named():
    answer = Web(make_user("ana")).send("PATCH", "/api/v1/me", {"nmae": "Ana"})

    assert problem_of(answer)["errors"] == [{"field": "nmae", "detail": "Extra inputs are not permitted"}]


def test_a_wrong_header_is_named():
    answer = Web(make_user("ana")).send("PUT", "/api/v1/users/ana/follow", headers={"Idempotency-Key": "a b"})

    assert [error["field"] for error in problem_of(answer)["errors"]] == ["Idempotency-Key"]


def test_broken_json_is_a_problem():
    answer = Web(make_user("ana")).send("PATCH", "/api/v1/me", "{")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_bug_is_a_problem_without_a_trace(caplog, monkeypatch):
    web = Web(make_user("ana"))
    monkeypatch.delattr("accounts.queries.own_profile")  # a bug of ours

    with caplog.at_level(logging.ERROR):
        answer = web.get("/api/v1/me")

    assert problem_of(answer) == {"type": "about:blank", "title": "Internal Server Error", "status": 500}
    assert [record.getMessage() for record in caplog.records] == [f"request {answer['X-Request-ID']} failed"]


def test_the_request_id_of_a_proxy_is_kept():
    assert Web().get("/api/v1/instance", headers={"X-Request-ID": "abcd-1234"})["X-Request-ID"] == "abcd-1234"


def test_a_forged_request_id_is_replaced():
    answer = Web().get("/api/v1/instance", headers={"X-Request-ID": "a\tb forged"})

    assert len(answer["X-Request-ID"]) == 16


def test_the_description_lists_the_problem_for_every_operation():
    schema = Web().get("/api/v1/openapi.json").json()

    operations = [operation for methods in schema["paths"].values() for operation in methods.values()]
    wanted = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert [operation["responses"]["4XX"]["content"] for operation in operations] == [wanted] * len(operations)


def test_the_description_names_each_operation_once():
    paths = api.get_openapi_schema()["paths"]

    names = [operation["operationId"] for methods in paths.values() for operation in methods.values()]
    assert sorted(set(names)) == sorted(names)


def test_the_docs_load_nothing_from_elsewhere():
    page = Web().get("/api/v1/docs").content.decode()

    assert ("http://" in page, "https://" in page, "/static/ninja/swagger-ui-bundle" in page) == (False, False, True)


def test_the_docs_live_under_the_policy_of_every_page():
    """Swagger UI as ninja ships it has no inline script."""
    web = Web()

    policies = [
        sorted(web.get(path)["Content-Security-Policy"].split("; ")) for path in ("/api/v1/docs", "/accounts/login/")
    ]

    assert policies[0] == policies[1]
