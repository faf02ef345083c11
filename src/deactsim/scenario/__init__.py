"""What people write: YAML with units, sources and policies, read into a strict `Scenario`."""
