"""Train recurrent networks on chaotic dynamics, and measure why their gradients explode.

    run = rnnchaos.train("dataset=rossler", "model=lstm", seed=3)
    run = rnnchaos.load("outputs/rossler-lstm-sparse_forcing/v0001")
    rnnchaos.lyapunov_spectrum(henon, [0.0, 0.0], num_steps=100_000)

`docs/python.md` shows what can be done with them, `docs/reference.md` lists all of it. Names are loaded on first use,
so that importing the package does not import JAX. Its functions compute in float64; around them JAX stays as it was.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnnchaos.attractors import Attractor, AttractorSet, Leaving, find_attractors
    from rnnchaos.diagnostics import AbstractDiagnostic, Findings
    from rnnchaos.errors import ConfigError, RunError
    from rnnchaos.metrics import AbstractMetric, Metric
    from rnnchaos.models import AbstractCell, Network
    from rnnchaos.protocols import AbstractForcing, AbstractProtocol
    from rnnchaos.public.judging import Verdict, Verdicts, judge
    from rnnchaos.public.run import Run, RunData, load
    from rnnchaos.public.training import train
    from rnnchaos.sinks import AbstractSink
    from rnnchaos.systems import AbstractFlow, AbstractMap, AbstractSystem
    from rnnchaos.tangent import (
        CovariantVectors,
        EchoStateVerdict,
        FiniteTimeExponents,
        LyapunovSpectrum,
        conditional_spectrum,
        covariant_vectors,
        echo_state,
        finite_time_exponents,
        jacobian_norms,
        lyapunov_spectrum,
    )

__version__ = "0.2.0"

_LAZY = {
    "train": "rnnchaos.public.training",
    "load": "rnnchaos.public.run",
    "judge": "rnnchaos.public.judging",
    "Verdict": "rnnchaos.public.judging",
    "Verdicts": "rnnchaos.public.judging",
    "Run": "rnnchaos.public.run",
    "RunData": "rnnchaos.public.run",
    "lyapunov_spectrum": "rnnchaos.attractors",
    "find_attractors": "rnnchaos.attractors",
    "Attractor": "rnnchaos.attractors",
    "AttractorSet": "rnnchaos.attractors",
    "Leaving": "rnnchaos.attractors",
    "LyapunovSpectrum": "rnnchaos.tangent",
    "conditional_spectrum": "rnnchaos.tangent",
    "echo_state": "rnnchaos.tangent",
    "EchoStateVerdict": "rnnchaos.tangent",
    "finite_time_exponents": "rnnchaos.tangent",
    "FiniteTimeExponents": "rnnchaos.tangent",
    "covariant_vectors": "rnnchaos.tangent",
    "CovariantVectors": "rnnchaos.tangent",
    "jacobian_norms": "rnnchaos.tangent",
    "AbstractSystem": "rnnchaos.systems",
    "AbstractFlow": "rnnchaos.systems",
    "AbstractMap": "rnnchaos.systems",
    "AbstractCell": "rnnchaos.models",
    "Network": "rnnchaos.models",
    "AbstractProtocol": "rnnchaos.protocols",
    "AbstractForcing": "rnnchaos.protocols",
    "AbstractMetric": "rnnchaos.metrics",
    "Metric": "rnnchaos.metrics",
    "AbstractDiagnostic": "rnnchaos.diagnostics",
    "Findings": "rnnchaos.diagnostics",
    "AbstractSink": "rnnchaos.sinks",
    "ConfigError": "rnnchaos.errors",
    "RunError": "rnnchaos.errors",
}

__all__ = [
    "__version__",
    "train",
    "load",
    "judge",
    "Verdict",
    "Verdicts",
    "Run",
    "RunData",
    "lyapunov_spectrum",
    "LyapunovSpectrum",
    "find_attractors",
    "Attractor",
    "AttractorSet",
    "Leaving",
    "conditional_spectrum",
    "echo_state",
    "EchoStateVerdict",
    "finite_time_exponents",
    "FiniteTimeExponents",
    "covariant_vectors",
    "CovariantVectors",
    "jacobian_norms",
    "AbstractSystem",
    "AbstractFlow",
    "AbstractMap",
    "AbstractCell",
    "Network",
    "AbstractProtocol",
    "AbstractForcing",
    "AbstractMetric",
    "Metric",
    "AbstractDiagnostic",
    "Findings",
    "AbstractSink",
    "ConfigError",
    "RunError",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'rnnchaos' has no attribute {name!r}")
    from rnnchaos.environment import prepare_for_python

    prepare_for_python()
    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
