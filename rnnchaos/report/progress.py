"""How far a training has come, in a few words."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnnchaos.report.contents import Contents
from rnnchaos.report.values import number, shown
from rnnchaos.runs import Kind


def progress(contents: Contents) -> str:
    """How far a training that is going on has come."""
    if contents.run.record.kind != Kind.TRAIN:
        return ""
    if not contents.history:
        return "it has begun, and its history has no line yet"
    last = contents.history[-1]
    attempt = _attempt(last)
    step, total = number(last.get("step")), _steps(contents.settings("training"), attempt)
    if step is None or total is None:
        return ""
    of = f" of attempt {attempt:.0f}" if attempt > 1 else ""
    step -= max(
        (number(line.get("step")) or 0 for line in contents.history if _attempt(line) < attempt), default=0
    )
    if step >= total:
        return f"all {total:.0f} steps{of} are trained; the network is being measured"
    done = 100 * step / total
    return f"step {step:.0f} of {total:.0f}{of} ({done:.0f} %), loss {shown(number(last.get('loss')))}"


def _steps(training: Mapping[str, Any], attempt: float) -> float | None:
    """Of an attempt, which grow; None where it is not known."""
    first, growth = number(training.get("num_steps")), number(training.get("attempt_growth")) or 1.0
    with np.errstate(all="ignore"):  # whatever a folder from elsewhere says
        factor = float(np.float64(growth) ** (attempt - 1))
        return None if first is None else float(np.round(first * factor))


def _attempt(line: Mapping[str, Any]) -> float:
    """Lines of earlier versions, which knew of one attempt alone, do not say."""
    return number(line.get("attempt")) or 1
