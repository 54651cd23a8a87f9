"""Community: peer support groups, the library of resources, the locator of support meetings, events."""
