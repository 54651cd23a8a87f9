"""Who acts, and for whom: organisations, members, roles and tokens."""
