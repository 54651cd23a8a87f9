"""How training are shown."""
