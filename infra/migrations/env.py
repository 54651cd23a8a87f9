"""Alembic's entry: run on the connection that was handed over."""

from alembic import context

from infra.migrations import COMPARISON
from infra.migrations.row_security import tidy

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes.get("metadata"),
    process_revision_directives=tidy,
    transaction_per_migration=True,
    **COMPARISON,
)
with context.begin_transaction():
    context.run_migrations()
