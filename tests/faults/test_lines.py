"""Lines between processes that work break: the bus loses frames, sockets go half-open, clients sleep or do not read."""

import time

import pytest

from accounts.actions import block_user, issue_token, revoke_token
from tests.faults.history import Loss
from tests.support import services
from tests.support.build import make_post, make_users


@pytest.mark.subset
def test_the_bus_loses_frames(world):
    bus = world.lines.web_bus
    with world.fault("10 % of bus frames lost", "between Redis and the web processes, for 10 s") as row:
        before = bus.lost
        bus.lossy(drop=0.1)
        time.sleep(10)
        bus.lossy()
        row.note += f": {bus.lost - before} frames"


@pytest.mark.subset
def test_the_bus_repeats_and_turns_frames_round(world):
    bus = world.lines.web_bus
    with world.fault("bus frames repeated and turned round", "20 % each, for 6 s") as row:
        before = (bus.repeated, bus.turned)
        bus.lossy(duplicate=0.2, reorder=0.2)
        time.sleep(6)
        bus.lossy()
        row.note += f": {bus.repeated - before[0]} frames repeated, {bus.turned - before[1]} turned round"


@pytest.mark.subset
def test_sockets_are_half_open(world):
    with world.fault("half-open sockets", "one web process's lines stalled for 10 s: no byte, no reset"):
        world.lines.fronts[0].set("stall")
        time.sleep(10)
        world.lines.fronts[0].set("ok")


@pytest.mark.slow
def test_every_line_is_cut(world):
    with world.fault("every client line cut", "reset at once, refused for 3 s"):
        for front in world.lines.fronts:
            front.set("cut")
        time.sleep(3)
        for front in world.lines.fronts:
            front.set("ok")


@pytest.mark.slow
def test_the_bus_is_half_open(world):
    with world.fault("bus half-open", "no byte between Redis and the web processes for 15 s"):
        world.lines.web_bus.set("stall")
        time.sleep(15)
        world.lines.web_bus.set("ok")


@pytest.mark.subset
def test_clients_sleep(world):
    with world.fault("clients asleep", "every other client reads and says nothing for 8 s"):
        sleepers = world.crowd.viewers[::2]
        for viewer in sleepers:
            world.crowd.do(viewer.sleep)
        time.sleep(8)
        for viewer in sleepers:
            world.crowd.do(viewer.wake)


@pytest.mark.slow
def test_postgresql_is_restarted_at_once(world):
    with world.fault("PostgreSQL restarted", "immediate: every session cut, recovery from the log"):
        services.running().postgres.crash()
        services.running().postgres.start()
        world.reconnect()


@pytest.mark.slow
def test_clients_sleep_and_their_lines_are_cut(world):
    with world.fault("clients asleep, lines cut", "every other client sleeps for 12 s; every line is cut meanwhile"):
        sleepers = world.crowd.viewers[::2]
        for viewer in sleepers:
            world.crowd.do(viewer.sleep)
        time.sleep(4)
        for front in world.lines.fronts:
            front.cut_open()
        time.sleep(8)
        for viewer in sleepers:
            world.crowd.do(viewer.wake)


@pytest.mark.slow
def test_a_socket_that_never_reads(world):
    with world.fault("a socket that never reads", "2,500 events of 1.5 KB for it; awake again after 14 s") as row:
        sleeper = world.viewer("gita", "frozen", receive_bytes=4096, urls=[web.url for web in world.stack.webs])
        world.join(sleeper)
        world.crowd.do(sleeper.sleep)
        world.flood(world.people["gita"], 2_500)
        time.sleep(14)
        world.crowd.do(sleeper.wake)
        world.crowd.until(lambda: sleeper.entries("closed") or sleeper.entries("lag"))
        row.note += f"; {sleeper.journal_of('closed', 'lag')}"


@pytest.mark.slow
def test_rights_are_lost_during_a_partition(world):
    ines, jon, kim = make_users("ines", "jon", "kim")
    post, kims = make_post(ines), make_post(kim)
    token = issue_token(user_id=kim.id)
    with world.fault("rights lost during a partition", "a block and a revoked token; web cut off from Redis for 12 s"):
        reader = world.viewer("jon", person=jon, topics=[f"post:{post.id}"], posts=[post.id])
        owner = world.viewer("kim", person=kim, headers={"Authorization": f"Bearer {token.token}"}, posts=[])
        world.join(reader, owner)
        world.write(world.people["dev"], [post, kims])
        time.sleep(2)
        world.lines.web_bus.set("cut")
        time.sleep(1)
        block_user(username="jon", actor_id=ines.id)
        world.losses.append(Loss(reader.name, time.monotonic(), (f"post:{post.id}",)))
        revoke_token(user_id=kim.id, token_id=token.view.id)
        world.losses.append(Loss(owner.name, time.monotonic()))
        time.sleep(11)
        world.lines.web_bus.set("ok")
    assert owner.close_code == 4423
    assert f"post:{post.id}" not in reader.topics.states
