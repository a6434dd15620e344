"""Processes of ours end, freeze or are replaced under load."""

import time

import pytest


@pytest.mark.subset
def test_a_calm_day(world):
    with world.fault("nothing breaks", "the floor of the numbers below"):
        time.sleep(3)


@pytest.mark.subset
def test_a_web_process_is_killed(world):
    with world.fault("web process killed", "kill -9 of one of two, back after 3 s"):
        world.stack.webs[0].kill()
        time.sleep(3)
        world.stack.webs[0].start().wait()


@pytest.mark.subset
def test_a_worker_is_killed(world):
    with world.fault("worker killed", "kill -9 of one of two, back after 3 s"):
        world.stack.workers[0].kill()
        time.sleep(3)
        world.stack.workers[0].start().wait()


@pytest.mark.slow
def test_both_workers_are_killed_again_and_again(world):
    with world.fault("both workers killed, three times", "kill -9 in the middle of batches"):
        for _ in range(3):
            time.sleep(0.7)
            for worker in world.stack.workers:
                worker.kill()
            for worker in world.stack.workers:
                worker.start()
            for worker in world.stack.workers:
                worker.wait()


@pytest.mark.slow
def test_beat_is_killed(world):
    with world.fault("beat killed", "kill -9, back after 10 s: only the wakes are left"):
        world.lines.beat.kill()
        time.sleep(10)
        world.lines.beat.start().wait()


@pytest.mark.slow
def test_a_web_process_is_frozen(world):
    with world.fault("web process frozen", "SIGSTOP of one of two for 10 s"):
        world.stack.webs[0].pause()
        time.sleep(10)
        world.stack.webs[0].resume()


@pytest.mark.subset
def test_both_web_processes_are_replaced_one_after_the_other(world):
    with world.fault("rolling restart", "SIGTERM of each web process in turn, under load"):
        for web in world.stack.webs:
            web.stop(seconds=60)
            web.start().wait()
