"""Trajectories of the flows in the dysts package (Gilpin 2021, arXiv:2110.05266), an optional dependency."""

import dataclasses
import functools
import inspect
import warnings
from typing import Any

import numpy as np
import scipy
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import spelt_like
from rnnchaos.setting import Interval, SettingError, check_fields
from rnnchaos.systems.base import default_axis_names

_SAMPLES_PER_PERIOD = 100
_RELATIVE_TOLERANCE, _ABSOLUTE_TOLERANCE = 1e-10, 1e-12


@dataclasses.dataclass(frozen=True)
class DystsSeries:
    """A flow of dysts with its parameters and initial state there, used as a series: exponents come from the data.

    Its right-hand side is integrated here, since the package's own sampling has no settable interval, and its `dt` is
    a step of its solver.
    """

    system: str
    """Name of the flow in dysts, such as Lorenz; none with delays."""
    dt: Interval | None = None
    """Time units per sampling step; None takes a hundredth of the period that dysts gives."""

    def __post_init__(self) -> None:
        check_fields(self)
        _flow(self.system)

    @property
    def time_per_step(self) -> float:
        """The sampling interval in the system's time units."""
        return float(_flow(self.system).period) / _SAMPLES_PER_PERIOD if self.dt is None else self.dt

    @property
    def num_axes(self) -> int:
        """How many variables are observed."""
        return len(_flow(self.system).ic)

    @property
    def axis_names(self) -> tuple[str, ...]:
        """What they are called."""
        return default_axis_names(self.num_axes)

    @property
    def stated_exponent(self) -> float | None:
        """λ_max in nats per time unit as dysts estimates it, with no error stated."""
        stated = getattr(_flow(self.system), "maximum_lyapunov_estimated", None)
        return None if stated is None else float(stated)

    def orbit(self, *, num_steps: int, transient: int) -> Float[np.ndarray, "time axis"]:
        """`num_steps` samples after `transient` of them, by DOP853; unbounded phases as dysts shows them.

        Raises ConfigError where the orbit cannot be followed that far.
        """
        flow = _flow(self.system)
        times = self.time_per_step * np.arange(transient, transient + num_steps)
        with np.errstate(all="ignore"):  # a trial step that overflows is rejected
            found = scipy.integrate.solve_ivp(
                lambda time, state: flow.rhs(state, time),
                (0.0, times[-1]),
                flow.ic,
                method="DOP853",
                t_eval=times,
                rtol=_RELATIVE_TOLERANCE,
                atol=_ABSOLUTE_TOLERANCE,
            )
        if not found.success or not np.isfinite(found.y).all():
            raise ConfigError(f"{self.system} of dysts has no orbit to {times[-1]:.6g}: {found.message}")
        seen = getattr(flow, "_postprocessing", None)
        return np.stack(found.y if seen is None else seen(*found.y), axis=1)


@functools.cache
def _flow(name: str) -> Any:
    """The flow of dysts that `name` stands for. Raises ConfigError where it is none, or dysts is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that numba, which it can do without, is not installed
        try:
            from dysts import flows
            from dysts.base import DynSys, DynSysDelay
        except ImportError as error:
            raise ConfigError(
                "the flows of dysts need the dysts package: pip install 'rnnchaos[dysts]'"
            ) from error
        known = {
            key: member
            for key, member in vars(flows).items()
            if inspect.isclass(member)
            and issubclass(member, DynSys | DynSysDelay)
            and member.__module__ == flows.__name__
        }
        if name not in known:
            near = spelt_like(name, known, most=3, cutoff=0)
            raise SettingError("system", "name a flow of dysts", name, f"did you mean {_either(near)}?")
        if issubclass(known[name], DynSysDelay):
            raise SettingError("system", "be a flow without delays", name)
        return known[name]()


def _either(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
