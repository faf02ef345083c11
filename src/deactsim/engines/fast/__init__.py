"""The fast engine: the reference engine's nights, compiled, file for file and name for name."""

from .batch import marks_of, meet
from .desk import take_reports
from .kernel import enter
from .run import run
from .runs import run_blocks

__all__ = ["is_made", "marks_of", "meet", "run", "run_blocks", "take_reports"]

#: Whether the kernel is there; else it is compiled when the first night is run, which takes some ten seconds.
is_made = enter.fetch

# Whether it can be had at all is to be known before it is counted on.
is_made()
