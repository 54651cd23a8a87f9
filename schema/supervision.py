"""How supervision are shown."""
