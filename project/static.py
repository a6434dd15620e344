"""Static files: hashed names, collected only when something changed. Serving them is ServeStatic's, or nginx's."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command

STAMP = ".collected"


class HashedStorage(ManifestStaticFilesStorage):
    """Hash the names that modules import by, too. Compressing is the proxy's: here it would take half a minute."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 16  # a hash goes up one import a pass, and modules stand more than Django's five deep


def collect() -> bool:
    """Collect the static files into STATIC_ROOT unless nothing changed since; tell whether it did."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    """Digest the names, sizes and times of our files and the versions that bring others."""
    digest = hashlib.sha256((Path(settings.BASE_DIR) / "requirements.txt").read_bytes())
    for entry in settings.STATICFILES_DIRS:
        folder = entry[1] if isinstance(entry, tuple) else entry  # (prefix, folder)
        for path in sorted(Path(folder).rglob("*")):
            found = path.stat()
            digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
