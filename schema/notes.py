"""How notes are shown."""
