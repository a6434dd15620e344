"""The services that we run ourselves, as nobody has named others. Prepares them; the supervisor runs them."""

import asyncio
import os
import secrets
from pathlib import Path

from project.up.folder import Folder
from project.up.postgres import Postgres
from project.up.process import Say
from project.up.valkey import Valkey

Services = dict[str, Postgres | Valkey]  # by the name of the variable that says where it is


async def prepare(folder: Folder, *, say: Say) -> Services:
    """Prepare those services whose address nobody gave, and name them, and the secrets, in our environment.

    Raises:
        StartError: if one cannot run here.
    """
    kept = folder.secrets()
    home = folder.path
    services: Services = {}
    if not given("DATABASE_URL"):
        services["DATABASE_URL"] = Postgres(home / "postgres", url=kept.get("DATABASE_URL", ""), say=say)
    if not given("REDIS_URL"):
        services["REDIS_URL"] = Valkey(home / "valkey", url=kept.get("REDIS_URL", ""), say=say)
    await asyncio.gather(*(asyncio.to_thread(service.prepare) for service in services.values()))
    made = {name: service.url for name, service in services.items()}
    if not given("SECRET_KEY"):
        made["SECRET_KEY"] = kept.get("SECRET_KEY") or secrets.token_urlsafe(50)
    folder.keep(made)  # for the other commands of manage.py, too, while we run
    os.environ.update(made, PHOTOPHORE_DATA=str(home))
    return services


def given(name: str) -> str:
    """Return what the operator set, if anything; from a file, too, and then in the environment as well."""
    if not os.environ.get(name) and (path := os.environ.get(f"{name}_FILE")):
        os.environ[name] = Path(path).read_text().strip()
    return os.environ.get(name, "")
