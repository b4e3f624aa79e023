"""Many networks trained in one program, alike but for their weights and their batches."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec

from rnnchaos.protocols import TrainingSeries
from rnnchaos.training.base import AbstractTrainer
from rnnchaos.training.state import StepRecord, TrainState

_Tree = TypeVar("_Tree", TrainState, StepRecord)


def run_members(
    trainer: AbstractTrainer,
    states: Sequence[TrainState],
    series: TrainingSeries,
    lengths: Iterable[int],
) -> Iterator[list[tuple[TrainState, StepRecord]]]:
    """Stretches of `lengths` steps by `trainer.run`: of one member as it is, of several in one program.

    After each stretch the state of every member, and the records that it left.
    """
    trainer = trainer.as_data(states[0].network)  # once: its numbers stay on the device
    if len(states) == 1:
        (state,) = states
        for num_steps in lengths:
            state, records = trainer.run(state, series, num_steps)
            yield [(state, records)]
        return
    together = stacked(states)
    for num_steps in lengths:
        together, records = run_ensemble(trainer, together, series, num_steps)
        yield list(zip(members(together), members(records), strict=True))


def stacked(states: Sequence[TrainState]) -> TrainState:
    """The states of all members as one, every array with a leading axis of members."""
    _, rest = eqx.partition(states[0], eqx.is_array)
    arrays = [eqx.filter(state, eqx.is_array) for state in states]
    return eqx.combine(jax.tree.map(lambda *leaves: jnp.stack(leaves), *arrays), rest)


def members(tree: _Tree) -> list[_Tree]:
    """The states or the records of the members, one by one, all on the first device.

    Left where they are, what is computed of a member would run on every device, and wait for all of them.
    """
    here = jax.device_put(eqx.filter(tree, eqx.is_array), jax.local_devices()[0])
    rest = eqx.filter(tree, eqx.is_array, inverse=True)
    count = len(jax.tree.leaves(here)[0])
    return [eqx.combine(_at(here, index), rest) for index in range(count)]


def _at(tree: _Tree, index: int) -> _Tree:
    return jax.tree.map(lambda leaf: leaf[index], tree)


def run_ensemble(
    trainer: AbstractTrainer,
    states: TrainState,
    series: TrainingSeries,
    num_steps: int,
    *,
    devices: Sequence[jax.Device] | None = None,
) -> tuple[TrainState, StepRecord]:
    """`trainer.run` of every member in one program, on as many of the devices (by default all) as divide the members.

    A member that diverges stops by itself. Each result is that of the member alone but for the rounding of products
    that are taken of several members at once.
    """
    found = tuple(jax.local_devices() if devices is None else devices)
    used = max(n for n in range(1, len(found) + 1) if len(states.step) % n == 0)
    after, records = _run(trainer.as_data(states.network), states.bare(), series, num_steps, found[:used])
    return after.clothed(states.forcing), records


@eqx.filter_jit
def _run(
    trainer: AbstractTrainer,
    states: TrainState,
    series: TrainingSeries,
    num_steps: int,
    devices: tuple[jax.Device, ...],
) -> tuple[TrainState, StepRecord]:
    arrays, rest = eqx.partition(states, eqx.is_array)

    def alone(arrays, series):
        state, records = trainer.run(eqx.combine(arrays, rest), series, num_steps)
        return eqx.filter(state, eqx.is_array), records

    # Each device runs its share as a program of its own: nothing is exchanged between members.
    each = PartitionSpec("member")
    arrays, records = jax.shard_map(
        jax.vmap(alone, in_axes=(0, None)),
        mesh=Mesh(np.array(devices), ("member",)),
        in_specs=(each, PartitionSpec()),
        out_specs=each,
        check_vma=False,
    )(arrays, series)
    return eqx.combine(arrays, rest), records
