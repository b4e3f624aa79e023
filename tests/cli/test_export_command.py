"""rnnchaos export: a trained network as the loaders of docs/foreign.md read it, and as we read it back."""

import os
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from rich.console import Console

import rnnchaos
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.export import FORMATS, export_run
from rnnchaos.measurements.stored_run import open_run
from rnnchaos.measurements.weights_file import read_network
from rnnchaos.models.simulation import measured
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_weights_settings

PAGE = (Path(rnnchaos.__file__).parents[1] / "docs" / "foreign.md").read_text("utf-8")
LOADERS = {
    name: code
    for code, name in re.findall(r"^```python\n(import [^\n]*  # ([\w.]+)\n.*?)^```", PAGE, re.S | re.M)
}
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folders of runs by the name of their model, trained when they are asked for."""
    outputs, runs = tmp_path_factory.mktemp("runs"), {}

    def run(model):
        if model not in runs:
            trained = rnnchaos.train(
                "experiment=smoke",
                f"model={model}",
                training={"num_steps": 20},
                diagnostics={"figures": False, "lyapunov": {"num_steps": 200}},
                outputs=outputs,
                name=model,
                quiet=True,
            )
            runs[model] = Path(trained.path)
        return runs[model]

    return run


@pytest.mark.slow
@pytest.mark.parametrize("name", LOADERS)
def test_the_loaders_of_the_page_run_the_network(name, trained, tmp_path, monkeypatch):
    model, ending = name.split(".")
    to = next(to for to, each in FORMATS.items() if each.ending == f".{ending}")
    if to == "torch":
        pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    run = trained(model)
    export_run(run, to, Path(name), replace=False, console=QUIET)
    opened = open_run(run, ())
    start = opened.dataset.scaling.invert(opened.dataset.test.values[0])
    found = {"x0": start}
    exec(compile(LOADERS[name], "docs/foreign.md", "exec"), found)
    network = measured(opened.network)
    with jax.enable_x64(True):
        state = network.start(jnp.asarray(opened.dataset.test.values[:1]))
        for row in found["series"][:20]:
            state = network.step(state)
            expected = opened.dataset.scaling.invert(np.asarray(network.observe(state)))
            np.testing.assert_allclose(np.asarray(row), expected, rtol=1e-9)
    assert len(LOADERS[name].strip().splitlines()) <= 16


def test_every_format_has_a_loader():
    assert {f".{name.split('.')[1]}" for name in LOADERS} == {each.ending for each in FORMATS.values()}


@pytest.mark.slow
@pytest.mark.parametrize("to", FORMATS)
def test_what_is_read_back_says_what_it_is_and_how_long_a_step_takes(to, trained, tmp_path):
    if to == "torch":
        pytest.importorskip("torch")
    run, file = trained("shplrnn"), tmp_path / f"a{FORMATS[to].ending}"
    export_run(run, to, file, replace=False, console=QUIET)
    read = read_network(read_weights_settings(compose("weights", [f"weights={file}"])))
    opened = open_run(run, ())
    assert read.own_step == opened.dataset.time_per_step != 1
    assert read.network.title == "shallow PLRNN"
    network = measured(opened.network)
    with jax.enable_x64(True):
        state = again = network.start(jnp.asarray(opened.dataset.test.values[:1]))
        for _ in range(50):
            state, again = network.step(state), read.network.step(again)
        np.testing.assert_allclose(again, state, rtol=1e-11)


@pytest.mark.slow
def test_what_export_refuses(trained, tmp_path, monkeypatch):
    run = trained("shplrnn")
    monkeypatch.chdir(tmp_path)

    def refused(run=run, to="npz", output=None):
        with pytest.raises(ConfigError) as found:
            export_run(run, to, output, replace=False, console=QUIET)
        return str(found.value)

    assert refused(to="npx") == "--to must be one of npz, safetensors, torch, got 'npx'; did you mean npz?"
    assert refused(output=Path("a.pt")) == "--output must end in .npz, got a.pt"
    assert refused(output=Path("none/a.npz")) == "--output must lie in a folder that exists, got none/a.npz"
    inside = run / "arrays" / "a.npz"
    assert refused(output=inside) == (
        f"--output must lie outside of run folders, which runs alone write, got {inside}"
    )
    (tmp_path / "link").symlink_to(run)  # by another way into the folder
    assert refused(output=Path("link/a.npz")).startswith("--output must lie outside of run folders")
    assert sorted(os.listdir()) == ["link"]

    export_run(run, "npz", None, replace=False, console=QUIET)
    assert sorted(os.listdir()) == ["link", "shplrnn-v0001.npz"]
    assert refused() == (
        "shplrnn-v0001.npz is there already; --force replaces it, --output FILE writes another"
    )
    before = Path("shplrnn-v0001.npz").read_bytes()
    Path("shplrnn-v0001.npz").write_bytes(b"")
    export_run(run, "npz", None, replace=True, console=QUIET)
    assert len(Path("shplrnn-v0001.npz").read_bytes()) == len(before)
