"""The reference page of the configuration, made from the code. A test holds docs/ equal to it."""

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from core.env import ROOT, Environment

CONFIGURATION = """# Configuration

Made from `core/env.py` by `manage.py export_docs`; do not edit. Every name may also be given as `<NAME>_FILE`, a path
whose content is the value. `up` keeps the secrets it makes in `secrets.env` in the data folder.

| variable | default | meaning |
|---|---|---|
"""


def configuration() -> str:
    """docs/configuration.md."""
    return CONFIGURATION + "".join(_setting(field) for field in Environment.model_fields.values())


def _setting(field: FieldInfo) -> str:
    default = "*required*" if field.default is PydanticUndefined else f"`{field.default}`".replace(f"{ROOT}/", "")
    return f"| `{field.alias}` | {default.replace('``', '*none*')} | {field.description} |\n"
