"""When each protocol puts the state back to the data."""

import jax.numpy as jnp
import pytest

from rnnchaos.forcing import FreeRunning, SparseForcing, TeacherForcing

OWN, DATA = jnp.zeros(2), jnp.ones(2)


@pytest.mark.parametrize(
    ("forcing", "forced"),
    [(FreeRunning(), []), (SparseForcing(3), [3, 6, 9]), (SparseForcing(1), list(range(1, 10))),
     (TeacherForcing(), list(range(1, 10)))],
)  # fmt: skip
def test_steps_at_which_the_state_is_replaced(forcing, forced):
    assert [t for t in range(1, 10) if forcing.force(OWN, DATA, jnp.asarray(t))[0] == 1] == forced


def test_reset_intervals():
    assert FreeRunning().reset_interval(50) == 50
    assert TeacherForcing().reset_interval(50) == 1
    assert SparseForcing(30).reset_interval(50) == 30
