"""Two attractors to turn: points as sixteen-bit numbers within the range of the data, for the page's drawer."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from jaxtyping import Float

MOST_STEPS = 10_000
_MOST_AXES = 6
_STEPS_OF_A_PIECE = 1000
_LEVELS = 65535
# Beyond so many ranges of the data from its middle an orbit has left the picture.
_FAR = 1.5
# Steps of so much of a standard deviation are jumps of a map, or of a coarse series: points, not lines.
_JUMP = 0.5
_MOST_LAG = 500


class Cloud(NamedTuple):
    """One orbit, or several."""

    label: str
    look: str
    points: str
    """(step, axis) of unsigned little-endian 16-bit numbers, in base64."""
    lengths: str
    """Steps of each piece, with commas between them."""


@dataclass(frozen=True)
class Scene:
    """The data's attractor and the network's, in the same box."""

    axis_names: Sequence[str]
    clouds: Sequence[Cloud]
    connected: bool
    description: str
    note: str
    ranges: Sequence[str]
    kind: ClassVar[str] = "scene"


def scene(
    free_run: Mapping[str, np.ndarray] | None,
    forecasts: Mapping[str, np.ndarray] | None,
    *,
    most_steps: int = MOST_STEPS,
) -> Scene | None:
    """From the arrays of a run: the truth is what came after the starts of its forecasts. None without an orbit."""
    pieces = {"network": _generated(free_run, most_steps), "truth": _truth(forecasts, most_steps)}
    pieces = {look: parts for look, parts in pieces.items() if parts}
    if not pieces:
        return None
    base = np.concatenate(pieces.get("truth") or pieces["network"])
    low, high = base.min(axis=0), base.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    names = _names(free_run if forecasts is None else forecasts, base.shape[1])
    if base.shape[1] == 1:
        lag = _lag(max(pieces["truth"] if "truth" in pieces else pieces["network"], key=len)[:, 0])
        pieces = {look: _delayed(parts, lag) for look, parts in pieces.items()}
        low, span = np.repeat(low, 2), np.repeat(span, 2)
        names = [names[0], f"{names[0]}, {lag} steps later"]
    low, span = low - 0.05 * span, 1.1 * span
    left = ""
    clouds = []
    for look, label in (("truth", "data"), ("network", "network, running freely")):
        parts = pieces.get(look, [])
        if look == "truth":
            parts = [part[: most_steps // len(parts)] for part in parts]
        stays = [_until_it_leaves(part, low, span) for part in parts]
        if look == "network":
            left = _leaving(stays, parts)
        stays = [part[:, :_MOST_AXES] for part in stays if len(part)]
        if stays:
            clouds.append(_cloud(label, look, stays, low[:_MOST_AXES], span[:_MOST_AXES]))
    if not clouds:
        return None
    jump = np.median(np.abs(np.diff(base, axis=0))) if len(base) > 1 else 0.0
    shown = names[:_MOST_AXES]
    return Scene(
        shown,
        clouds,
        bool(jump <= _JUMP * np.median(base.std(axis=0)) + 1e-300),
        f"Attractor in the axes {', '.join(shown[:3])}: {' beside '.join(cloud.label for cloud in clouds)}. "
        "Arrow keys turn it, plus and minus change its size, 0 sets it back.",
        " ".join(
            filter(None, (left, f"{len(shown)} of {len(names)} axes" if len(shown) < len(names) else ""))
        ),
        [f"{name}: {a:.4g} … {a + b:.4g}" for name, a, b in zip(shown, low, span, strict=False)],
    )


def _generated(arrays: Mapping[str, np.ndarray] | None, most_steps: int) -> list[np.ndarray]:
    """The free run, in its pieces where it has several."""
    if arrays is None or "generated" not in arrays:
        return []
    orbit = np.asarray(arrays["generated"], float)
    if orbit.ndim != 2:
        return []
    ends = np.cumsum(arrays.get("lengths", [len(orbit)]))[:-1]
    pieces = [_finite(piece) for piece in np.split(orbit[:most_steps], ends) if len(piece)]
    return [piece for piece in pieces if len(piece)]


def _truth(arrays: Mapping[str, np.ndarray] | None, most_steps: int) -> list[np.ndarray]:
    """Stretches of the test series, from all along it."""
    if arrays is None or "truth" not in arrays:
        return []
    stretches = np.asarray(arrays["truth"], float)
    if stretches.ndim != 3 or not stretches.size:
        return []
    wanted = max(1, most_steps // min(_STEPS_OF_A_PIECE, stretches.shape[1]))
    chosen = stretches[np.unique(np.linspace(0, len(stretches) - 1, wanted).astype(int))]
    return [piece for piece in map(_finite, chosen) if len(piece)]


def _finite(orbit: np.ndarray) -> np.ndarray:
    """Until the first row that is not finite."""
    bad = ~np.isfinite(orbit.reshape(len(orbit), -1)).all(axis=1)
    return orbit[: int(bad.argmax())] if bad.any() else orbit


def _until_it_leaves(orbit: np.ndarray, low: np.ndarray, span: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        away = (np.abs((orbit - low) / span - 0.5) > _FAR).any(axis=1)
    return orbit[: int(away.argmax())] if away.any() else orbit


def _leaving(stays: Sequence[np.ndarray], parts: Sequence[np.ndarray]) -> str:
    """Where the network's orbit is cut off; empty where it is not."""
    cut = [len(stay) for stay, part in zip(stays, parts, strict=True) if len(stay) < len(part)]
    if not cut:
        return ""
    where = f"at step {cut[0]}" if len(parts) == 1 else f"in {len(cut)} of {len(parts)} pieces"
    return f"The network's orbit leaves the picture {where}."


def _lag(series: Float[np.ndarray, " step"]) -> int:
    """Steps until the autocorrelation has fallen by a factor of e."""
    centred = series - series.mean()
    bound = float(centred @ centred) / np.e
    lags = range(1, min(_MOST_LAG, len(series) // 2))
    return next((lag for lag in lags if float(centred[lag:] @ centred[:-lag]) < bound), 1)


def _delayed(parts: Sequence[np.ndarray], lag: int) -> list[np.ndarray]:
    return [np.column_stack([part[:-lag, 0], part[lag:, 0]]) for part in parts if len(part) > lag]


def _names(arrays: Mapping[str, np.ndarray] | None, dimension: int) -> list[str]:
    found = (
        [] if arrays is None or "axis_names" not in arrays else [str(name) for name in arrays["axis_names"]]
    )
    return found if len(found) == dimension else [f"x{i}" for i in range(dimension)]


def _cloud(label: str, look: str, parts: Sequence[np.ndarray], low: np.ndarray, span: np.ndarray) -> Cloud:
    # The network may go beyond the data: three boxes fit into the numbers, the data's is the one in the middle.
    share = (np.concatenate(parts) - low) / span
    levels = np.round(np.clip((share + 1) / 3, 0, 1) * _LEVELS).astype("<u2")
    lengths = ",".join(str(len(part)) for part in parts)
    return Cloud(label, look, base64.b64encode(levels.tobytes()).decode(), lengths)
