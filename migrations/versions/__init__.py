"""Alembic revisions, one change each; they import nothing of ours."""
