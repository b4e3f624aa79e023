"""The forcings that a config names, each with its settings, as compositions."""

from typing import Annotated

import jax.numpy as jnp
from annotated_types import Gt, Le

from rnnchaos.protocols.base import AbstractProtocol
from rnnchaos.protocols.forcing import Forcing
from rnnchaos.protocols.schedules import Around, Exponential, Following, Linear
from rnnchaos.setting import AnySteps, SettingError, Share, Steps

PositiveShare = Annotated[float, Gt(0), Le(1)]


class SparseForcing(AbstractProtocol):
    """Reset z̃_t = B⁺x_t at t = 0, τ, 2τ, …; products of Jacobians then have at most τ factors.

    arXiv:2110.07238, section 4; the recommended interval is the predictability time τ = ln 2 / λ_max.
    What a state holds beside its observed part is lost at a forcing (an LSTM's memory starts from 0), and the first
    predictions after it cannot be good: their errors need not count. With `partial`, only the observed component is
    replaced, z̃ = z + B⁺(x - B z): identity forcing where the first units are the observations. Gradients are then cut
    only in part.
    """

    tau: Steps
    """Steps between two forcings."""
    washout: AnySteps = 2
    """Steps after each forcing whose errors do not count in the loss."""
    partial: bool = False
    """Whether only the observed component of the state is replaced (identity forcing)."""

    def forcing(self) -> Forcing:
        return Forcing(self.tau, partial=self.partial, washout=self.washout)


class RandomInterval(AbstractProtocol):
    """Sparse forcing with τ drawn uniformly from τ ± Δ, but at least 1, for every batch (arXiv:2110.07238, appendix).

    Diagnostics, which belong to no optimiser step, see the middle of the range.
    """

    tau: Steps
    """Steps between two forcings, in the middle."""
    spread: AnySteps = 20
    """Δ; tau + spread is at most the window."""
    washout: AnySteps = 2
    """Steps after each forcing whose errors do not count in the loss."""
    partial: bool = False
    """Whether only the observed component of the state is replaced (identity forcing)."""

    def forcing(self) -> Forcing:
        return Forcing(Around(self.tau, self.spread), partial=self.partial, washout=self.washout)


class AnnealedInterval(AbstractProtocol):
    """Sparse forcing whose interval grows linearly from `initial_tau` to τ over training (arXiv:2110.07238, appendix).

    Diagnostics, which belong to no optimiser step, see the interval of the end.
    """

    tau: Steps
    """Steps between two forcings at the end of training."""
    initial_tau: Steps = 1
    """Steps between two forcings at its start, at most tau."""
    washout: AnySteps = 0
    """Steps after each forcing whose errors do not count in the loss."""
    partial: bool = False
    """Whether only the observed component of the state is replaced (identity forcing)."""

    def __check_init__(self) -> None:
        if self.initial_tau > self.tau:
            raise SettingError("initial_tau", f"be at most tau ({self.tau} steps)", self.initial_tau)

    def forcing(self) -> Forcing:
        return Forcing(Linear(self.initial_tau, self.tau), partial=self.partial, washout=self.washout)


class TeacherForcing(AbstractProtocol):
    """Reset to the data at every step (Williams & Zipser 1989): training on one-step predictions, τ = 1."""

    def forcing(self) -> Forcing:
        return Forcing(1)


class FreeRunning(AbstractProtocol):
    """No forcing after the start of the window: backpropagation through all of its steps."""

    def forcing(self) -> Forcing:
        return Forcing(None)


class Windowed(AbstractProtocol):
    """Free-running windows from z_0 = 0, so that the network hears nothing of the data (arXiv:2110.07238, appendix)."""

    def forcing(self) -> Forcing:
        return Forcing(None, from_zero=True)


class TruncatedBackpropagation(AbstractProtocol):
    """The state runs on freely, but no gradient flows back across t = k, 2k, … (Williams & Peng 1990)."""

    length: Steps = 30
    """k: gradients reach back at most to the last multiple of it."""

    def forcing(self) -> Forcing:
        return Forcing(self.length, cut=True)


class GeneralizedForcing(AbstractProtocol):
    """z̃ = (1 - α) z + α B⁺x at every step (Doya 1992; Hess et al. 2023, arXiv:2306.04406, equation 7).

    Products of T Jacobians are bounded by ((1 - α) σ_max)^T, so α = 1 - 1/σ_max keeps them below 1. α = 1 is teacher
    forcing, α = 0 is free.
    """

    alpha: Share = 0.1
    """The share of the data, from 0 (free) to 1 (teacher forcing)."""
    final_alpha: PositiveShare | None = None
    """Where alpha falls to, exponentially over training; null keeps it."""
    partial: bool = False
    """Whether only the observed component of the state is blended."""

    def __check_init__(self) -> None:
        _check_falling(self.alpha, self.final_alpha)

    def forcing(self) -> Forcing:
        return Forcing(1, _falling(self.alpha, self.final_alpha), self.partial)


class AdaptiveForcing(AbstractProtocol):
    """Generalised forcing with α kept at 1 - 1/σ_max as the network changes (Hess et al. 2023, arXiv:2306.04406).

    σ_max is the largest growth rate ‖J_T … J_1‖^(1/T) at the states B⁺x of a few windows.
    """

    alpha: Share = 1.0
    """Before the first look at the Jacobians."""
    every: Steps = 5
    """Optimiser steps between two looks."""
    decay: Share = 0.99
    """How slowly alpha follows where it may fall, within some 500 steps here."""
    # γ is .999 in the paper, with which α would still be on its way down from 1 after 10⁴ optimiser steps.
    partial: bool = False
    """Whether only the observed component of the state is blended."""

    def forcing(self) -> Forcing:
        return Forcing(1, Following(jnp.asarray(self.alpha), self.every, self.decay), self.partial)


class ComposedForcing(AbstractProtocol):
    """z̃ = (1 - α) z + α B⁺x every τ steps: when, how strongly and which part in any combination."""

    tau: Steps
    """Steps between two forcings, in the middle of those that are drawn."""
    spread: AnySteps = 0
    """Drawn anew for every batch, the interval is from tau - spread to tau + spread."""
    alpha: Share = 1.0
    """The share of the data in the state, from 0 (free) to 1 (replaced)."""
    final_alpha: PositiveShare | None = None
    """Where alpha falls to, exponentially over training; null keeps it."""
    partial: bool = False
    """Whether only the observed component of the state is forced."""
    washout: AnySteps = 0
    """Steps after each forcing whose errors do not count in the loss."""

    def __check_init__(self) -> None:
        _check_falling(self.alpha, self.final_alpha)

    def forcing(self) -> Forcing:
        tau = Around(self.tau, self.spread) if self.spread > 0 else self.tau
        return Forcing(tau, _falling(self.alpha, self.final_alpha), self.partial, self.washout)


def _falling(alpha: float, final_alpha: float | None) -> float | Exponential:
    return alpha if final_alpha is None else Exponential(alpha, final_alpha)


def _check_falling(alpha: float, final_alpha: float | None) -> None:
    if final_alpha is not None and alpha == 0:
        raise SettingError("alpha", "be greater than 0 where it falls to final_alpha", alpha)
