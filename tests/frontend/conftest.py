"""A browser, a site and a wire for each test. The servers and the browser live as long as this folder's tests run."""

import html
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.frontend import making
from tests.frontend.site import Site
from tests.frontend.wire import Line, Wire, event
from tests.support import browser as executable

BLANK = "<!doctype html><title>Blank</title><link rel=icon href=data:,>"
HEAD = """<!doctype html><html lang=en><head><title>{title}</title><link rel=icon href=data:,>
<meta name=live content="{live}"><script type=module src="/static/js/main.js"></script></head><body>
"""
KEPT = "JSON.parse(sessionStorage.getItem('photophore.cursor.42'))"
KEEP = "seq => sessionStorage.setItem('photophore.cursor.42', JSON.stringify({ epoch: 'k', seq }))"
FORGET = """
() => new Promise((resolve) => {
  sessionStorage.clear();
  localStorage.clear();
  indexedDB.deleteDatabase("photophore.post");
  const request = indexedDB.deleteDatabase("photophore");
  request.onsuccess = request.onerror = request.onblocked = () => resolve();
})
"""
START = """
async ([url, options]) => {
  SCRIPT
  const { CursorStore, Live } = await import("/static/sdk/index.js");
  window.seen = [];
  window.waits = 0;
  const backoff = { opened() {}, next: () => { window.waits += 1; return 50; } };
  const store = new CursorStore(sessionStorage, "42");
  const cursor = { epoch: "k", seq: 10 };
  // A knob: what a leader tells all is lost, as if it died before it told anybody.
  class Mute extends BroadcastChannel {
    postMessage(data) {
      if (data.message.k !== "frame") super.postMessage(data);
    }
  }
  const Channel = options.mute ? Mute : undefined;
  window.live = new Live({ url, user: "42", cursor, store, holdMs: 100, backoff, Channel, ...options });
  for (const type of ["notification", "resync", "counts", "topic", "ephemeral", "denied", "revoked", "refused"]) {
    live.addEventListener(type, ({ detail }) => seen.push([type, detail]));
  }
  live.start();
}
"""


class Tab:
    """A page of the site, and the line it opens."""

    def __init__(self, page: Page, site: Site, wire: Wire) -> None:
        self.page = page
        self._site = site
        self._wire = wire

    def start(self, **options: Any) -> None:
        """Start a `Live` on the blank page: `window.live`, its events in `window.seen`, back-offs in `window.waits`."""
        self._go("/blank")
        script = options.pop("script", "")
        self.page.evaluate(START.replace("SCRIPT", script), [self._wire.url, options])

    def connect(self, **options: Any) -> Line:
        """Start a `Live` and take its connection."""
        self.start(**options)
        return self._wire.accept()

    def join(self, **options: Any) -> Line:
        """Start a `Live` and let it in."""
        line = self.connect(**options)
        line.welcome()
        self.become("open")
        return line

    def drawn(self, line: Line, seq: int) -> None:
        """Send one more event, and wait until the page has drawn all up to it."""
        line.tell(event(seq, "user.followed", user="0", following="no"))
        self.page.wait_for_function(f"seq => {KEPT}?.seq === seq", arg=seq)

    def shown_before(self, seq: int) -> None:
        """Let an earlier page of this tab have shown the events up to this one."""
        self._go("/blank")
        self.page.evaluate(KEEP, seq)

    def _go(self, path: str) -> None:
        self.page.goto(self._site.url + path, wait_until="domcontentloaded")

    def become(self, state: str) -> None:
        """Wait for a state of `window.live`."""
        self.page.wait_for_function("state => live.state === state", arg=state)

    def seen(self, count: int) -> list[Any]:
        """The first events, once there are so many."""
        self.page.wait_for_function("count => window.seen.length >= count", arg=count)
        return self.page.evaluate("window.seen")

    def open(self, body: str, *, user: str = "42", path: str = "/", title: str = "Photophore") -> None:
        """Show a page with elements, as base.html would print it."""
        place = {"epoch": "k", "seq": 10} if user else {}
        told = json.dumps({"url": self._wire.url, "user": user, "username": user and "ana", **place})
        self._site.pages[path] = HEAD.format(title=title, live=html.escape(told)) + body
        self._go(path)

    def live(self, body: str, **options: Any) -> Line:
        """Show a page with elements and let it go live."""
        self.open(body, **options)
        self.line = self._wire.accept()
        self.line.welcome(user=options.get("user", "42"))
        return self.line


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**executable.options())
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def _site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="package")
def _wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture(scope="package")
def _page(browser: Browser) -> Iterator[Page]:
    page = browser.new_context().new_page()
    page.set_default_timeout(20_000)
    yield page
    page.context.close()


@pytest.fixture
def clean(_page: Page, _site: Site, _wire: Wire) -> Iterator[Page]:
    """The one page, wherever it is: making one costs more than a test. A script's error fails the test."""
    _site.pages["/blank"] = BLANK
    _site.policy = f"default-src 'self'; img-src 'self' data: blob:; connect-src 'self' {_wire.host}"
    _wire.reset()
    errors: list[str] = []
    note = lambda error: errors.append(str(error))  # noqa: E731 -- `on` and `remove_listener` need the same object
    _page.on("pageerror", note)
    yield _page
    _page.goto(f"{_site.url}/blank")  # what the page still wanted to send must not be the next one's
    _page.evaluate(FORGET)
    _page.context.clear_cookies()
    _page.remove_listener("pageerror", note)
    _site.reset()
    assert errors == []


@pytest.fixture
def page(clean: Page, _site: Site) -> Page:
    """The page, blank, to run modules in."""
    clean.goto(f"{_site.url}/blank")
    return clean


@pytest.fixture
def site(clean: Page, _site: Site) -> Site:
    return _site


@pytest.fixture
def wire(clean: Page, _wire: Wire) -> Wire:
    return _wire


@pytest.fixture
def tab(clean: Page, site: Site, wire: Wire) -> Tab:
    return Tab(clean, site, wire)


@pytest.fixture
def timed(browser: Browser, clean: Page, site: Site, wire: Wire) -> Iterator[Tab]:
    """A tab in a browser of its own, whose clock the test moves: it cannot be taken out of a page again."""
    page = browser.new_context().new_page()
    page.set_default_timeout(20_000)
    page.clock.install()
    yield Tab(page, site, wire)
    page.context.close()


@pytest.fixture
def another(clean: Page, site: Site, wire: Wire) -> Iterator[Callable[[], Tab]]:
    """Open more tabs of the same browser."""
    opened: list[Page] = []

    def another() -> Tab:
        opened.append(clean.context.new_page())
        opened[-1].set_default_timeout(20_000)
        return Tab(opened[-1], site, wire)

    yield another
    for page in opened:
        page.close()


@pytest.fixture
def new(tab: Tab, site: Site) -> Tab:
    """Show the page, with a server that takes photos as 1, 2, 3 and makes the post 70; answer its tab."""
    tab.page.goto(f"{site.url}/blank")
    tab.page.evaluate(making.GONE)
    site.pages["/p/70/"] = "<title>The post</title>"
    site.answer("POST /api/v1/media", *((202, {"id": str(at), "state": "processing"}) for at in (1, 2, 3, 4)))
    site.answer("POST /api/v1/posts", (201, {"id": "70", "url": "/p/70/"}))
    for at in (1, 2, 3, 4):
        site.answer(f"GET /api/v1/media/{at}", (200, {"id": str(at), "state": "ready"}))
        site.answer(f"PATCH /api/v1/media/{at}", (200, {}))
        site.answer(f"DELETE /api/v1/media/{at}", (204, None))
    tab.live(making.page())
    return tab
