"""The Lyapunov spectrum of a step function, of one attractor alone."""

from functools import wraps
from typing import Any

import rnnchaos.tangent
from rnnchaos.attractors.finding import find_attractors
from rnnchaos.tangent import Check, Grade, LyapunovSpectrum
from rnnchaos.tangent.tangent import states_of
from rnnchaos.typing import HasStep, Points, Step


@wraps(rnnchaos.tangent.lyapunov_spectrum)
def lyapunov_spectrum(step: Step | HasStep, x0: Points, **settings: Any) -> LyapunovSpectrum:
    """The Lyapunov spectrum of a step function, or of anything that has a `step`, in float64, with errors and checks.

    Of several starts, that of the attractor that most of them reach; a check names the others. The settings, by name:

    - `num_steps`: steps per orbit, the one that must be given; rounded up to fill `num_blocks` blocks of whole QR
      intervals.
    - `num_exponents`: how many of the largest; all by default.
    - `transient`: steps before the average; None, the default, drops as many as states and tangent vectors settle in.
    - `qr_every`: steps between QR decompositions; None, the default, chooses by a pilot run.
    - `num_blocks`: blocks an orbit is averaged in, for the errors; 40, at least 4.
    - `time_per_step`: time units a step; None, the default, takes the system's own, or 1.
    - `target_stderr`: standard error of λ_max to reach, nats per time unit; or `target_relative_error`, as a share of
      λ_max. The average is then so much longer, up to `max_steps` (100 times `num_steps`) per orbit; `stopped` says why
      it ended.
    - `divergence`: a function of the states before and after a step, a flow's mean divergence over it, nats per time
      unit: a check on the sum of the exponents.
    - `watch_steps`, of several starts: steps after which it is told where they end (`find_attractors`).

    `num_steps` and other counts may be whole floats, such as 1e5.

    Raises ConfigError for a start that is not finite, a setting out of its bounds, a `qr_every` too long to resolve the
    smallest exponent, and a step that does not map float64 states to such states; RunError where orbits escape to
    infinity.

    >>> henon = lambda x: jnp.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])
    >>> rnnchaos.lyapunov_spectrum(henon, [0.0, 0.0], num_steps=1e5).exponents  # about [0.419, -1.623]
    """
    starts = states_of(x0)
    if starts.size == starts.shape[-1] and "watch_steps" not in settings:
        return rnnchaos.tangent.lyapunov_spectrum(step, x0, **settings)
    found = find_attractors(step, starts.reshape(-1, starts.shape[-1]), **settings)
    spectrum = found.main.spectrum
    elsewhere = found.elsewhere
    if not elsewhere:
        return spectrum
    meaning = f"share of the orbits that this is of; the others: {', '.join(elsewhere)} (see find_attractors)"
    return spectrum._replace(
        checks=(*spectrum.checks, Check("attractors", Grade.WARN, found.main.share, 1.0, meaning))
    )
