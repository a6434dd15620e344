"""Hostile videos (S28): each ends refused with a reason, or clean; nobody is called and no file of ours is told.

What stops them is shown twice: by the whole way of an upload, and by the jail alone, with ffmpeg told to allow all. The
same attempts outside of the jail succeed, so that it is the jail that stops them.
"""

import os
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from content import actions
from content.models import Media, MediaState
from content.video import ffmpeg
from core.problems import Problem
from tests.support import videos
from tests.support.build import make_user
from tests.support.wait import until

SECRET = "/etc/passwd"
TOLD = b"root:x:0:0"
OPEN = ["-protocol_whitelist", "file,http,tcp,crypto,data,concat,subfile", "-allowed_extensions", "ALL"]


@pytest.fixture
def canary():
    """A listener on the loopback, who counts its callers."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                calls.append(caller.recv(200))
                caller.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        calls_and_url = calls, f"http://127.0.0.1:{server.getsockname()[1]}/child.m3u8"
        yield calls_and_url
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


CORPUS = {
    "playlist that calls": videos.playlist,
    "playlist that reads": lambda url: videos.playlist(f"file://{SECRET}"),
    "playlist of a child": lambda url: videos.playlist("child.m3u8", url),
    "playlist behind ftyp": lambda url: videos.disguised(videos.playlist(url, f"file://{SECRET}")),
    "reference that calls": videos.referring,
    "reference that reads": lambda url: videos.referring(f"file://{SECRET}"),
    "reference by concat": lambda url: videos.referring(f"concat:{SECRET}|{url}"),
    "reference by subfile": lambda url: videos.referring(f"subfile,,start,0,end,64,,:{SECRET}"),
    "alias": lambda url: videos.with_alias(SECRET),
    "list of concat": lambda url: f"ffconcat version 1.0\nfile '{SECRET}'\nfile '{url}'\n".encode(),
    "concat in a playlist": lambda url: videos.playlist(f"concat:{url}|file://{SECRET}"),
    "subfile in a playlist": lambda url: videos.playlist(f"subfile,,start,0,end,64,,:{SECRET}"),
    "avi with a playlist": lambda url: videos.avi_with_playlist(videos.playlist(url, f"file://{SECRET}")),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_video_calls_nobody_and_tells_nothing(name, canary, upload, media_root):
    calls, url = canary
    reason = ""

    try:
        media_id = actions.create_media(owner_id=make_user().id, file=upload(CORPUS[name](url), "film.mp4")).id
    except Problem as refusal:
        reason = refusal.detail
        media_id = None
    if media_id:
        actions.render(media_id=media_id)

    media = Media.objects.first()
    made = [path for path in media_root.rglob("*") if path.is_file() and path.name != "original"]
    ready = media is not None and media.state == MediaState.READY
    assert ready or reason or media.reason
    assert calls == []
    assert [path for path in made if TOLD in path.read_bytes()] == []


@pytest.fixture
def attempt(tmp_path):
    """Have ffmpeg try something, in the jail or out of it; answer its exit code. `{out}` and `{in}` are its paths."""
    source, folder = tmp_path / "source", tmp_path / "folder"
    folder.mkdir()

    def attempt(*arguments, content=b"", jailed=True, seconds=10):
        source.write_bytes(content)
        paths = {"{in}": str(source), "{out}": str(folder / "out")}
        command = [ffmpeg.find(), "-nostdin", "-y", "-loglevel", "quiet", *(paths.get(one, one) for one in arguments)]
        if jailed:
            return ffmpeg._confined(command, source, folder, seconds)
        return subprocess.run(command, check=False).returncode

    attempt.out = folder / "out"
    return attempt


COPY = ["-map", "0", "-c", "copy", "-f", "data", "{out}"]


@pytest.mark.parametrize("jailed", [True, False])
def test_the_jail_alone_lets_no_playlist_call(jailed, attempt, canary):
    calls, url = canary

    attempt(*OPEN, "-f", "hls", "-i", "{in}", *COPY, content=videos.playlist(url), jailed=jailed)

    assert bool(calls) is not jailed


@pytest.mark.parametrize("jailed", [True, False])
def test_the_jail_alone_lets_no_other_file_be_read(jailed, attempt):
    attempt("-f", "data", "-i", SECRET, *COPY, jailed=jailed)

    told = attempt.out.exists() and TOLD in attempt.out.read_bytes()
    assert told is not jailed


@pytest.mark.parametrize("jailed", [True, False])
def test_the_jail_alone_lets_nothing_be_written_elsewhere(jailed, attempt, tmp_path):
    elsewhere = tmp_path / "elsewhere"

    attempt("-f", "data", "-i", "{in}", *COPY[:-1], str(elsewhere), content=b"words", jailed=jailed)

    assert elsewhere.exists() is not jailed


ESCAPES = {
    "make a process": "(exit 0)",
    "signal another": "kill -0 $PPID",
    "change what a file allows": 'exec chmod 600 "$0"',
    "open more files": "ulimit -n 65",
    "make a link": 'exec ln -s /etc "$1"',
}
BY_LANDLOCK = {"make a link"}


@pytest.fixture
def escape(tmp_path):
    """What a file might try that took ffmpeg over; answer whether it could."""
    source, folder = tmp_path / "source", tmp_path / "folder"
    source.touch()
    folder.mkdir()

    def escape(words, *, jailed=True):
        command = ["/bin/sh", "-c", words, str(source), str(folder / "out")]
        if jailed:
            return ffmpeg._confined(command, source, folder, 5) == 0
        return subprocess.run(command, check=False).returncode == 0

    return escape


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A jail on a system that has no Landlock, and grants no namespaces."""
    lacking = f"sys.path.insert(0, {str(ffmpeg.JAIL.parent)!r})\nimport jail\njail.landlock_version = lambda: 0\n"
    script = tmp_path / "jail.py"
    script.write_text(f"import sys\n{lacking}jail._CLONE_NEWUSER = jail._CLONE_NEWNET = 0\njail.main()\n")
    monkeypatch.setattr(ffmpeg, "JAIL", script)


@pytest.mark.parametrize("jailed", [True, False])
@pytest.mark.parametrize("name", ESCAPES)
def test_the_jail_holds_what_took_ffmpeg_over(name, jailed, escape):
    assert escape(ESCAPES[name], jailed=jailed) is not jailed


@pytest.mark.parametrize("name", ESCAPES)
def test_without_landlock_all_is_held_but_files(name, escape, bare):
    assert escape(ESCAPES[name]) is (name in BY_LANDLOCK)


def test_where_root_runs_it_none_of_root_s_rights_are_left(escape, bare):
    read = 'while read name held; do [ "$name" = CapEff: ] && break; done < /proc/self/status'

    assert escape(f"{read}; [ $held = 0000000000000000 ]")


def test_without_landlock_no_playlist_calls(attempt, canary, bare):
    calls, url = canary

    attempt(*OPEN, "-f", "hls", "-i", "{in}", *COPY, content=videos.playlist(url))

    assert calls == []


def test_the_jail_lets_its_one_file_be_read_and_its_folder_be_filled(attempt):
    code = attempt("-f", "data", "-i", "{in}", *COPY, content=b"words")

    assert (code, attempt.out.read_bytes()) == (0, b"words")


def test_what_takes_too_long_is_ended_with_all_its_processes(attempt):
    began = time.monotonic()

    code = attempt("-re", "-f", "lavfi", "-i", "testsrc", "-f", "null", "-", seconds=1)

    assert code is None
    assert time.monotonic() - began < 8
    assert not [one for one in Path("/proc").glob("[0-9]*/cmdline") if str(attempt.out.parent) in _words(one)]


def test_what_is_told_to_stop_ends_what_it_has_begun(attempt):
    def told():
        running = [one for one in Path("/proc").glob("[0-9]*/cmdline") if _words(one).startswith(ffmpeg.find())]
        mine = [int(one.parent.name) for one in running if str(attempt.out.parent) in _words(one)]
        for pid in mine:
            os.kill(pid, signal.SIGTERM)  # as a service manager tells a worker, and all that it started
        return mine

    with ThreadPoolExecutor(1) as thread:
        code = thread.submit(attempt, "-re", "-f", "lavfi", "-i", "testsrc", "-t", "1", "-f", "framecrc", "{out}")
        until(told)

    assert code.result() == 0


@pytest.mark.parametrize("jailed", [True, False])
def test_the_jail_alone_gives_no_more_memory(jailed, attempt):
    large = ["-f", "lavfi", "-i", "color=s=15000x15000,format=rgba,hflip", "-frames:v", "1", "-f", "framecrc", "{out}"]

    attempt(*large, jailed=jailed, seconds=5)  # its exit code tells nothing: some versions say 0

    made = attempt.out.exists() and b"\n0, " in attempt.out.read_bytes()
    assert made is not jailed


def test_a_file_without_end_is_cut(attempt):
    full = ["-f", "lavfi", "-i", "testsrc=s=2048x2048", "-c:v", "rawvideo", "-f", "rawvideo", "{out}"]

    code = attempt(*full, seconds=60)

    assert code != 0
    assert attempt.out.stat().st_size <= ffmpeg.jail.FILE_BYTES


def test_ffmpeg_is_handed_nothing_of_our_environment(monkeypatch, attempt):
    monkeypatch.setenv("FFREPORT", f"file={attempt.out}:level=32")  # ffmpeg would write its words there

    assert attempt("-f", "data", "-i", "{in}", *COPY[:-3], "-f", "null", "-", content=b"words") == 0
    assert not attempt.out.exists()


def _words(cmdline):
    try:
        return cmdline.read_text()
    except OSError:  # it has ended meanwhile
        return ""
