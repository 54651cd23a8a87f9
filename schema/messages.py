"""How threads and messages are shown."""
