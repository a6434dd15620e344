"""Lines between processes that work break: the bus loses frames, sockets go half-open, clients sleep or do not read."""

import time

import pytest

from tests.support import services


@pytest.mark.subset
def test_the_bus_loses_frames(world):
    with world.fault("10 % of bus frames lost", "between Redis and the web processes, for 10 s"):
        world.lines.web_bus.lossy(drop=0.1)
        time.sleep(10)
        world.lines.web_bus.lossy()


@pytest.mark.subset
def test_the_bus_repeats_and_turns_frames_round(world):
    with world.fault("bus frames repeated and turned round", "20 % each, for 6 s"):
        world.lines.web_bus.lossy(duplicate=0.2, reorder=0.2)
        time.sleep(6)
        world.lines.web_bus.lossy()


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
