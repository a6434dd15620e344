"""What tests leave behind to be looked at: screenshots and reports, in a folder that is none of the repository's."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def path(name):
    """Where to write one; `ARTEFACTS` names another folder."""
    path = Path(os.environ.get("ARTEFACTS", ROOT / "var" / "artefacts")) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
