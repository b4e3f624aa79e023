"""Flows whose velocity jumps are told; those that bend, or are switched in time alone, are not."""

import numpy as np
import pytest

from rnnchaos.diagnostics.jumps import jump_checks
from rnnchaos.systems import AbstractFlow, Chua, Duffing, ForcedVanDerPol, Lorenz63
from rnnchaos.systems.equations import EquationsFlow
from rnnchaos.tangent import Grade


def flow(**equations: str) -> AbstractFlow:
    return EquationsFlow(equations, dict.fromkeys(equations, 0.5), dt=0.05)


JUMPS = {
    "sliding": (flow(x="-sign(x) + 0.5*cos(t)"), [[0.1, 0.0]]),
    "dry friction": (flow(x="v", v="-x - 0.3*sign(v) + 1.2*cos(0.7*t)"), [[1.0, 0.5, 0.0]]),
    "a switch": (flow(x="v", v="where(x > 0, -1, 1) - 0.2*v + cos(t)"), [[0.5, 0.5, 0.0]]),
}
SMOOTH = {
    "Lorenz": (Lorenz63(), [[1.0, 1.0, 25.0]]),
    "Chua, which has corners": (Chua(), [[0.7, 0.0, 0.0]]),
    "Duffing": (Duffing(), [[0.5, 0.0, 0.0]]),
    "van der Pol": (ForcedVanDerPol(), [[0.5, 0.0, 0.0]]),
    "a corner": (flow(x="v", v="-x - abs(v)*v"), [[1.0, 0.5]]),
    "a steep slope": (flow(x="v", v="-x - 0.3*tanh(1000*v) + cos(t)"), [[1.0, 0.5, 0.0]]),
    "a root": (flow(x="v", v="-sqrt(abs(x))*where(x > 0, 1, -1) - v + cos(t)"), [[1.0, 0.5, 0.0]]),
    "a drive that is switched": (flow(x="v", v="-x - 0.2*v + sign(sin(t))"), [[1.0, 0.5, 0.0]]),
}


@pytest.mark.parametrize("name", JUMPS)
def test_a_jump_fails_with_its_size(name):
    system, starts = JUMPS[name]
    (check,) = jump_checks(system, np.array(starts))
    assert check.grade is Grade.FAIL
    assert 0.1 < check.figure < 10


@pytest.mark.parametrize("name", SMOOTH)
def test_without_a_jump_there_is_no_check(name):
    system, starts = SMOOTH[name]
    assert jump_checks(system, np.array(starts)) == []
