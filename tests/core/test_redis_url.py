"""REDIS_URL in its forms."""

import pytest

from core import redis_url


@pytest.mark.parametrize(
    ("url", "nodes"),
    [
        ("redis+cluster://a:1,b:2,c", ("redis://a:1/0", "redis://b:2/0", "redis://c:6379/0")),
        ("redis+cluster://u:p%40@a:1,b:2/0", ("redis://u:p%40@a:1/0", "redis://u:p%40@b:2/0")),
        ("rediss+cluster://a/?ssl_ca_certs=/ca", ("rediss://a:6379/0?ssl_ca_certs=/ca",)),
        ("redis+cluster://[::1]:7,b", ("redis://[::1]:7/0", "redis://b:6379/0")),
    ],
)
def test_a_cluster_is_known_by_its_nodes(url, nodes):
    assert redis_url.parse(url) == redis_url.RedisUrl("cluster", nodes, template=nodes[0])


@pytest.mark.parametrize("url", ["redis://:p@h:1/3", "rediss://h", "unix:///run/valkey.sock"])
def test_one_redis_is_left_as_it_is(url):
    assert redis_url.parse(url) == redis_url.RedisUrl("one", (url,))


def test_sentinels_name_a_redis_of_other_credentials():
    read = redis_url.parse("redis+sentinel://u:p@a:1,b/photos/2?sentinel_password=s%40")

    assert (read.kind, read.nodes, read.service) == (
        "sentinel",
        ("redis://:s%40@a:1", "redis://:s%40@b:26379"),
        "photos",
    )
    assert read.node("c", 3) == "redis://u:p@c:3/2"


def test_another_node_has_the_credentials_of_the_first():
    cluster = redis_url.parse("redis+cluster://u:p@a:1,b:2")

    assert [cluster.node("c", 3), cluster.node("::1", 4)] == ["redis://u:p@c:3/0", "redis://u:p@[::1]:4/0"]


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://h", "must begin with"),
        ("redis://a:1,b:2/0", r"write redis\+cluster://"),
        ("redis+cluster://a:1/3", "only database 0"),
        ("redis+cluster://a:1,", "without a host"),
        ("redis+cluster://a:many", "no usable port"),
        ("redis+sentinel://a:1", "names no service"),
    ],
)
def test_what_is_wrong_is_said(url, complaint):
    with pytest.raises(ValueError, match=complaint):
        redis_url.parse(url)
