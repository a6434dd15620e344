"""The browser of the tests: Debian's Chromium where there is one or root may install it, else Playwright's own."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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
