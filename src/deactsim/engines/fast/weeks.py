"""Many runs of one plan without an incident, one after another: routine weeks, whose rows are folded in Python."""

from __future__ import annotations

from ._jit import compiled
from .layout import NIGHT, RUN, RUNS, Night, Real
from .night import IS_OVER, ROWS_ARE_FULL, WANTS_REQUESTS, advance
from .requests import set_back


@compiled
def weeks(runs: Night, image: Night, night: Night, real: Real, given: Night, rows: Night) -> int:
    """Run the batch from its `FIRST` run on; which is next, where there is no room for its rows."""
    for number in range(runs[RUNS.FIRST], runs[RUNS.COUNT]):
        one, before = RUN.SIZE * number, runs[RUNS.ROW_COUNT]
        set_back(image, 0, runs[RUNS.IMAGE_SIZE], night)
        night[NIGHT.KEY] = given[one + RUN.KEY]
        night[NIGHT.START] = given[one + RUN.START]
        night[NIGHT.NOW] = given[one + RUN.START]
        night[NIGHT.END] = given[one + RUN.END]
        # All that will be wanted is there: it goes on to the end.
        night[NIGHT.REQUESTS] = given[one + RUN.REQUESTS]
        night[NIGHT.REQUEST_COUNT] = given[one + RUN.REQUEST_COUNT]
        night[NIGHT.REQUEST_NEXT] = 0
        status = WANTS_REQUESTS
        while status in (WANTS_REQUESTS, ROWS_ARE_FULL):
            status = advance(night, real)
            if status in (ROWS_ARE_FULL, IS_OVER) and not _keep_rows(runs, night, rows):
                return number
        if status == IS_OVER:
            given[one + RUN.ROWS] = runs[RUNS.ROW_COUNT] - before
        else:  # it outgrows its memory
            given[one + RUN.ROWS] = -1
            runs[RUNS.ROW_COUNT] = before
    return runs[RUNS.COUNT]


@compiled
def _keep_rows(runs: Night, night: Night, rows: Night) -> bool:
    """Put a night's rows behind those of others; False without room."""
    count = night[NIGHT.ROW_COUNT]
    if runs[RUNS.ROW_COUNT] + count > runs[RUNS.ROW_ROOM]:
        return False
    at, place = 5 * runs[RUNS.ROW_COUNT], night[NIGHT.ROWS]
    for word in range(5 * count):
        rows[at + word] = night[place + word]
    runs[RUNS.ROW_COUNT] += count
    night[NIGHT.ROW_COUNT] = 0
    return True
