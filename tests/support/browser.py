"""The browser of the tests: Debian's Chromium where there is one or root may install it, else Playwright's own."""

import contextlib
import os
import shutil
import subprocess
import sys

from playwright.sync_api import expect, sync_playwright

from tests.support.wait import HEARD_SECONDS

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# The policy's own word on each breach; the console of a page tells of few of them.
TELL_BREACHES = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error(`breach of ${violatedDirective}: ${blockedURI}`))"""
# What an outage looks like, and a refusal that a page explains, are no fault of ours.
EXPECTED = (
    "ERR_CONNECTION",
    "ERR_INTERNET_DISCONNECTED",
    "ERR_FAILED",
    "error occurred when fetching the script",
    "WebSocket",
    "the server responded with a status of 4",
)

expect.set_options(timeout=1_000 * HEARD_SECONDS)

# Playwright's synchronous API keeps a loop in this thread; Django takes that for an async context. It is none.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@contextlib.contextmanager
def launched():
    """A running Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options())
        yield browser
        browser.close()


def watch(context, errors):
    """Note what goes wrong on the pages of a context: a script's error, a console's, a breach of the content policy."""
    context.add_init_script(TELL_BREACHES)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda message: errors.append(message.text) if _is_fault(message) else None)


def _is_fault(message):
    return message.type == "error" and not any(words in message.text for words in EXPECTED)


def executable():
    """The path of an installed Chromium; None leaves the choice to Playwright."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def options():
    """How tests launch it. Chromium's sandbox does not work for root."""
    return {"executable_path": executable(), "args": [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]}


def install():
    """Install a Chromium unless there is one."""
    if executable():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "chromium"], check=True, env=quiet, stdout=subprocess.DEVNULL
        )
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    install()
