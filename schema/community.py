"""How peer support groups, resources, support meetings and community events are shown."""
