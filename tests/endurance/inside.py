"""The site, and at one more address what its process holds: for tests alone, which serve this in the site's place."""

import gc
import json
import os
import sys
import threading

from asgi import application as site
from project import uvicorn_http

PATH = "/_inside"


async def application(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == PATH:
        await _tell(send)
    else:
        await site(scope, receive, send)


async def _tell(send):
    body = json.dumps(_held()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _held():
    gc.collect()
    files, blocks = len(os.listdir("/proc/self/fd")), sys.getallocatedblocks()
    threads, connections = threading.active_count(), len(uvicorn_http._open)
    return {"threads": threads, "files": files, "blocks": blocks, "connections": connections}
