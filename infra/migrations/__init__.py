"""Migrations: written by `python -m infra.migrations.generate "what changes"`, applied by `infra.migrate`.

Configured here, in code. A migration is frozen: it imports no model, so that it says tomorrow what it says today.
"""

import importlib
from pathlib import Path
from typing import Any, Literal

import psycopg
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.pool import NullPool

from infra.migrations import row_security
from kith.ground.discovery import load
from kith.ground.model import Model, TransactionId

HERE = Path(__file__).parent

row_security.register()
ischema_names["xid8"] = TransactionId


def _rendered(kind: str, what: Any, context: AutogenContext) -> str | Literal[False]:
    """How a written migration says a type of ours; everything else Alembic says itself."""
    if kind != "type" or not isinstance(what, TransactionId):
        return False
    context.imports.add("from kith.ground.model import TransactionId")
    return "TransactionId()"


# How models and database are compared, wherever that is done. Defaults are left to drift.py, which compares them as
# the catalogue spells them: Alembic evaluates them, and uuidv7() is never equal to itself.
COMPARISON: dict[str, Any] = {
    "compare_type": True,
    "compare_server_default": False,
    "autogenerate_plugins": ["alembic.autogenerate.*", row_security.PLUGIN],
    "render_item": _rendered,
}


def all_models() -> MetaData:
    """Every table of Kith."""
    load("kith", "tenants")
    importlib.import_module("workers.tables")  # the rest of workers would bring the broker with it
    return Model.metadata


def configuration(connection: Connection | None = None, **attributes: Any) -> Config:
    """What Alembic is told; the connection is the one it works on."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(connection=connection, **attributes)
    return config


def scripts() -> ScriptDirectory:
    """The migrations of this code."""
    return ScriptDirectory.from_config(configuration())


def engine_of(url: str) -> Engine:
    """An engine without a pool. The driver itself reads the address, with all that it may say."""
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
