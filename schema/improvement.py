"""How feedback forms, indicators and improvement cycles are shown."""
