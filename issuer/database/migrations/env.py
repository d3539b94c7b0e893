"""What Alembic runs for every migration: on the connection that `issuer.database.migrate` hands
over.
"""

from __future__ import annotations

from alembic import context

from issuer.database.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
