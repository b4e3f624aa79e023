"""How far a training has come, in a few words."""

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
    step, total = number(last.get("step")), number(contents.settings("training").get("num_steps"))
    if step is None or total is None:
        return ""
    if step >= total:
        return f"all {total:.0f} steps are trained; the network is being measured"
    return (
        f"step {step:.0f} of {total:.0f} ({100 * step / total:.0f} %), loss {shown(number(last.get('loss')))}"
    )
