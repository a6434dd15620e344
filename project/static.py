"""Static files: joined, hashed, compressed; collected only when something changed. ServeStatic or nginx serves them."""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.management import call_command

STAMP = ".collected"
SITE = "css/site.css"
OURS = ("css/", "js/", "sdk/", "img/")
VENDORED = "vendor/"  # for one page each: no service worker keeps it
COMPRESSED = (".css", ".js", ".svg")
SHELL = (*COMPRESSED, ".png")
SHEET = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
IMPORT = re.compile(r"""^(?:import|export)\b[^;"'(=]*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


class HashedStorage(ManifestStaticFilesStorage):
    """Hash the names that modules import by, too, and put a compressed twin beside each file that pages load.

    Of ours alone: with the admin's and the API browser's it would take half a minute.
    """

    support_js_module_import_aggregation = True
    max_post_process_passes = 16  # a hash goes up one import a pass, and modules stand more than Django's five deep

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """Join the sheets that every page has, hash as Django does, then compress."""
        Path(self.path(SITE)).write_text(SHEET.sub(lambda sheet: _source(f"css/{sheet[1]}"), _source(SITE)))
        yield from super().post_process(paths | {SITE: (self, SITE)}, *args, **options)
        for name, hashed in self.hashed_files.items():
            if name.startswith((*OURS, VENDORED)) and name.endswith(COMPRESSED):
                path = Path(self.path(hashed))
                path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def collect() -> bool:
    """Collect the static files into STATIC_ROOT unless nothing changed since; tell whether it did."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(fingerprint)
    return True


def imported(name: str) -> list[str]:
    """Every module that a module brings along, itself first, each once: what a page can ask for at once."""
    found = [name]
    for module in found:  # which grows meanwhile
        found += [other for other in _imports(module) if other not in found]
    return found


def shell() -> list[str]:
    """The addresses of all that our pages are drawn with, for a service worker to keep."""
    listed = (found for finder in finders.get_finders() for found in finder.list([]))
    names = {"/".join(filter(None, (getattr(storage, "prefix", ""), name))) for name, storage in listed}
    names -= {f"css/{sheet}" for sheet in SHEET.findall(_source(SITE))}
    return [staticfiles_storage.url(name) for name in sorted(names) if name.startswith(OURS) and name.endswith(SHELL)]


def _imports(name: str) -> list[str]:
    """By address, as browsers resolve them: `sdk/` stands beside `js/` there, and elsewhere on the disk."""
    base = posixpath.dirname(name)
    return list(dict.fromkeys(posixpath.normpath(f"{base}/{path}") for path in IMPORT.findall(_source(name))))


def _source(name: str) -> str:
    return Path(str(finders.find(name))).read_text()


def _fingerprint() -> str:
    """Digest the names, sizes and times of our files and the versions that bring others."""
    digest = hashlib.sha256((Path(settings.BASE_DIR) / "requirements.txt").read_bytes())
    for entry in settings.STATICFILES_DIRS:
        folder = entry[1] if isinstance(entry, tuple) else entry  # (prefix, folder)
        for path in sorted(Path(folder).rglob("*")):
            found = path.stat()
            digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
