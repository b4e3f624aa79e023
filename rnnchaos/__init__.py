"""Train recurrent networks on chaotic dynamics, and measure why their gradients explode.

`rnnchaos.lyapunov_spectrum`, `finite_time_exponents`, `covariant_vectors` and `jacobian_norms` take any step function,
x → x. They are loaded on first use, so that importing the package does not import JAX.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_LAZY = {
    "lyapunov_spectrum": "rnnchaos.tangent",
    "LyapunovSpectrum": "rnnchaos.tangent",
    "finite_time_exponents": "rnnchaos.tangent",
    "covariant_vectors": "rnnchaos.tangent",
    "jacobian_norms": "rnnchaos.tangent",
}

__all__ = ["__version__", *_LAZY]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'rnnchaos' has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
