"""wrk as the client that asks as often as it is answered, over a mix of routes. Judges nothing."""

import json
import subprocess
from dataclasses import dataclass

from tests.support import debian, services
from tests.support.build import make_post, make_user

SCRIPT = """\
local asks = {%s}
local turn = 0
request = function()
  turn = turn %% #asks + 1
  return wrk.format(asks[turn][1], asks[turn][2], {["Authorization"] = "Bearer %s"})
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests": %%d, "failed": %%d, "p99_ms": %%f}',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99) / 1000))
end
"""


POSTS = 16  # so that those who like wait little for each other


@dataclass(frozen=True, slots=True)
class Told:
    """What one run was answered; `failed` counts whatever is no 2xx or 3xx."""

    requests: int
    failed: int
    p99_ms: float


def mixed():
    """What an app asks: reads, and likes that come and go."""
    author = make_user("ben")
    likes = [f"/api/v1/posts/{make_post(author).id}/like" for _ in range(POSTS)]
    writes = [(method, like) for like in likes for method in ("PUT", "DELETE")]
    reads = [("GET", "/healthz"), ("GET", "/api/v1/me")]
    return [route for write in writes for route in (write, *reads)]


def ask(web, token, routes, *, seconds, connections=16):
    """Ask for some seconds; `routes` are pairs of a method and a path, asked in turns."""
    script = services.running().folder / "wrk.lua"
    asks = ", ".join(f'{{"{method}", "{path}"}}' for method, path in routes)
    script.write_text(SCRIPT % (asks, token))
    program = debian.root("wrk", "usr/bin/wrk") / "usr/bin/wrk"
    argv = (program, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", script, web.url)
    ran = subprocess.run(argv, capture_output=True, text=True, check=True)
    return Told(**json.loads(ran.stdout.rpartition("\n")[2]))
