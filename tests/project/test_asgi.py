"""What servers run: over a real port."""

import httpx

MEBIBYTE = 1024 * 1024


def chunks(count):
    for _ in range(count):
        yield b"x" * 65_536


def test_a_body_without_length_that_is_too_large_is_refused(stack):
    answer = httpx.post(f"{stack.url}/api/v1/instance", content=chunks(40))

    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


def test_a_body_that_is_too_large_is_refused(stack):
    answer = httpx.post(f"{stack.url}/accounts/login/", content=b"x" * (MEBIBYTE + 1))

    assert (answer.status_code, answer.json()["detail"]) == (413, "At most 1 MiB may be sent here.")


def test_the_stack_is_ready(stack):
    assert httpx.get(f"{stack.url}/readyz").json()["broken"] == []
