"""How far a training has come, in a few words."""

from collections.abc import Mapping
from typing import Any

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
    attempt, step, total = _attempt(last), number(last.get("step")), number(last.get("attempt_steps"))
    if step is None:
        return ""
    of = f" of attempt {attempt:.0f}" if attempt > 1 else ""
    step -= max(
        (number(line.get("step")) or 0 for line in contents.history if _attempt(line) < attempt), default=0
    )
    if total is not None and step >= total:
        trained = f"all {total:.0f} steps{of} are trained; the network"
        return f"{'the network is fitted, and' if total == 1 else trained} is being measured"
    done = "" if not total else f" of {total:.0f}{of} ({100 * step / total:.0f} %)"
    return f"step {step:.0f}{done}, loss {shown(number(last.get('loss')))}"


def _attempt(line: Mapping[str, Any]) -> float:
    """Lines of earlier versions, which knew of one attempt alone, do not say."""
    return number(line.get("attempt")) or 1
