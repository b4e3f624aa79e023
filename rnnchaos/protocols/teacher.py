"""Classical teacher forcing: every step starts from the data."""

from jaxtyping import Array, Float, Int

from rnnchaos.protocols.base import AbstractForcing


class TeacherForcing(AbstractForcing):
    """Reset to the data at every step (Williams & Zipser 1989): training on one-step predictions, τ = 1."""

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        return data_state

    def reset_interval(self, window: int) -> int:
        return 1

    def describe(self) -> str:
        return "forced at every step"
