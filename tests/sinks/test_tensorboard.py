"""What TensorBoard gets, read from its event files."""

import struct
import sys
import time
import types
from pathlib import Path

import pytest
from tensorboardX.proto.event_pb2 import Event, SessionLog

from rnnchaos.errors import ConfigError
from rnnchaos.sinks import Start, TensorBoard


def events(folder):
    """Of all event files, in the order of their names: length, its checksum, content, its checksum."""
    for file in sorted(folder.glob("events.*")):
        content = file.read_bytes()
        while len(content) > 8 and len(content) >= 16 + (length := struct.unpack("<Q", content[:8])[0]):
            yield Event.FromString(content[12 : 12 + length])
            content = content[16 + length :]


def shown(folder):
    """`{tag: {step: value}}` as TensorBoard shows it: a session that begins at a step ends what was later before it."""
    found: dict[str, dict[int, float]] = {}
    for event in events(folder):
        if event.session_log.status == SessionLog.START:
            for curve in found.values():
                for step in [step for step in curve if step >= event.step]:
                    del curve[step]
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                found.setdefault(value.tag, {})[event.step] = value.simple_value
    return found


def becomes(folder, tag, wanted):
    """Wait until a curve is in the files, as it is while a run goes on."""
    until = time.monotonic() + 30
    while (found := shown(folder).get(tag)) != wanted:
        assert time.monotonic() < until, found
        time.sleep(0.05)


def start(step=0):
    return Start(
        "demo/v0001", Path("outputs/demo/v0001"), {"seed": 0, "protocol.tau": None, "name": "x"}, step
    )


def test_curves_settings_and_results(tmp_path, caplog):
    sink = TensorBoard(tmp_path)
    sink.begin(start())
    sink.record(100, {"loss": 0.5, "gradient_norm": float("inf")})
    sink.record(200, {"loss": 0.25, "validation": 3.0})
    becomes(tmp_path / "demo" / "v0001", "training/loss", {100: 0.5, 200: 0.25})  # before the end
    sink.end("finished", {"lambda_max": 0.5, "learned": "no", "passes": True})
    found = shown(tmp_path / "demo" / "v0001")
    assert found["training/validation"] == {200: 3.0}
    assert found["result/lambda_max"] == {200: 0.5}
    assert set(found) == {"training/loss", "training/validation", "result/lambda_max"}
    assert caplog.records == []
    tags = [value.tag for event in events(tmp_path / "demo" / "v0001") for value in event.summary.value]
    assert [tag for tag in tags if tag.startswith("_hparams_")] == [
        "_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info",
    ]  # fmt: skip


def test_a_run_that_is_gone_on_with_has_no_point_twice(tmp_path, monkeypatch):
    sink = TensorBoard(tmp_path)
    sink.begin(start())
    for step in (10, 20, 30):
        sink.record(step, {"loss": float(step)})
    becomes(tmp_path / "demo" / "v0001", "training/loss", {10: 10, 20: 20, 30: 30})
    monkeypatch.setattr(
        "tensorboardX.event_file_writer.time", types.SimpleNamespace(time=lambda: 2e9 + time.time())
    )
    sink = TensorBoard(tmp_path)
    sink.begin(start(20))
    for step in (30, 40):
        sink.record(step, {"loss": float(-step)})
    sink.end("finished", {})
    assert shown(tmp_path / "demo" / "v0001")["training/loss"] == {10: 10, 20: 20, 30: -30, 40: -40}


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    message = r"^logging=tensorboard needs the tensorboardX package: pip install 'rnnchaos\[tensorboard\]'$"
    with pytest.raises(ConfigError, match=message):
        TensorBoard()
