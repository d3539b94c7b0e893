"""Bringing a database to the newest tables, in one transaction; apart from the engine because
Alembic is slow to import.
"""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config

from issuer.database.engine import Database


def migrate(database: Database) -> None:
    """Make or upgrade every table; nothing happens where the database is at the newest already."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
