"""Whether how far neighbours come apart depends on how near they were: it does in chaos, and not in noise."""

import numpy as np

from rnnchaos.series.divergence_curves import distances, plan_for
from rnnchaos.series.from_data import DataExponent, spread
from rnnchaos.series.in_pieces import Series, apart_in_time, as_pieces
from rnnchaos.series.nearest_points import nearest_points

# The neighbours that are compared, counted from the closest.
_NEAR, _FAR = 2, 20
_REFERENCES = 2_000
_LEAST_REFERENCES = 50


def remembered_distance(series: Series, found: DataExponent, *, dt: float) -> float | None:
    """How much of a difference in distance is left in the middle of the linear region of `found`.

    From points of the series the 2nd and the 20th neighbour are followed; what their mean log distances differ by
    then, as a share of what they differed by at first. Trajectories that part exponentially keep their ratio: 1.
    What noise drives apart ends up equally far whatever the start: 0. None where too few points have that many.
    """
    series = as_pieces(series)
    plan = plan_for(series, dt=dt, theiler_window=None, max_lag=None)
    starts = series.ends(after=plan.longest)
    references = starts[spread(len(starts), _REFERENCES)]
    count = min(2 * plan.apart + 1 + _FAR, len(starts))
    candidates = starts[nearest_points(series.values[starts], series.values[references], count)[1]]
    number = np.cumsum(apart_in_time(series, candidates, references[:, None], plan.apart), axis=1)
    has = number[:, -1] >= _FAR
    references, candidates, number = references[has], candidates[has], number[has]
    if len(references) < _LEAST_REFERENCES:
        return None
    middle = round(sum(found.fit_range) / 2 / dt)

    def difference(lag: int) -> float:
        near, far = (
            distances(series, references, _of_rank(candidates, number, rank), lag, None)
            for rank in (_NEAR, _FAR)
        )
        parted = (near > 0) & (far > 0)
        return float(np.mean(np.log(far[parted] / near[parted]))) if parted.any() else 0.0

    first = difference(0)
    return difference(middle) / first if first > 0 else 0.0


def _of_rank(candidates: np.ndarray, number: np.ndarray, rank: int) -> np.ndarray:
    return candidates[np.arange(len(candidates)), (number >= rank).argmax(axis=1)]
