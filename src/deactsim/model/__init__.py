"""What can happen: states, rules, plan, streams, world and the record of a run."""
