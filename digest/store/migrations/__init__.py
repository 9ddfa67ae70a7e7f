"""The history of the tables; alembic runs it, ``digest.store.migrate`` starts alembic."""
