"""What every concept stands on: work, actors, permissions, operations, facts and owned rows."""
