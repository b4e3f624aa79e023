"""Systems of equations: those of the catalogue, given as files, are the same systems."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import Preparation, observed_orbit, prepare
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system, checks_of_system
from rnnchaos.equations import evaluate
from rnnchaos.settings import read, stored
from rnnchaos.settings.build import instance
from rnnchaos.systems import Duffing, EquationsFlow, EquationsMap, Henon, Lorenz63, Rossler
from rnnchaos.tangent import Grade

EXAMPLES = Path(__file__).parents[2] / "docs" / "equations"


def example(name, **changes):
    node = {"_target_": "rnnchaos.equations.EquationsFile", "path": str(EXAMPLES / f"{name}.yaml"), **changes}
    return instance(read.read_dataset(node).source, "dataset")


@pytest.mark.parametrize(
    ("name", "known"), [("lorenz", Lorenz63()), ("rossler", Rossler()), ("henon", Henon())]
)
def test_a_class_and_its_equations_are_one_program(name, known):
    system, state = example(name), jnp.array([0.3, -0.2, 1.1])[: known.dimension]
    assert (system.dimension, system.num_axes) == (known.dimension, known.num_axes)
    np.testing.assert_array_equal(system.initial_state(), known.initial_state())
    assert str(jax.make_jaxpr(system.step)(state)) == str(jax.make_jaxpr(known.step)(state))
    np.testing.assert_array_equal(system.step(state), known.step(state))
    np.testing.assert_array_equal(system.divergence(state), known.divergence(state))


def test_a_driven_oscillator_is_that_of_the_catalogue():
    system, known = example("duffing"), Duffing()
    assert (system.dimension, system.num_axes, system.axis_names) == (3, 2, ("x", "v"))
    np.testing.assert_allclose(system.description.period, 2 * np.pi / 1.4, rtol=1e-15)

    @jax.jit
    def run(start, other):
        both = lambda states, _: ((system.step(states[0]), known.step(states[1])), states)  # noqa: E731
        return jax.lax.scan(both, (start, other), None, 60)[1]

    found, expected = run(system.initial_state(), known.initial_state())
    # Rounding, and its growth by e^(.13 · 10.6).
    np.testing.assert_allclose(found[:, :2], expected[:, :2], atol=1e-11)
    np.testing.assert_allclose(np.cos(1.4 * found[:, 2]), np.cos(expected[:, 2]), atol=1e-13)
    assert np.all((found[:, 2] >= 0) & (found[:, 2] <= system.description.period))
    jacobian = jax.jacfwd(system.step)(system.initial_state())
    np.testing.assert_array_equal(jacobian[2], [0, 0, 1])  # the exponent of the time is exactly 0
    assert observed_orbit(system, num_steps=10, transient=0).shape == (10, 2)


def test_a_drive_without_a_common_period_keeps_the_time():
    system = EquationsFlow({"x": "cos(t) + cos(sqrt(2)*t) - x"}, {"x": 0.0}, 0.5)
    state = system.step(jnp.array([0.0, 100.0]))
    np.testing.assert_allclose(state[1], 100.5, rtol=1e-15)


def test_a_driven_map_counts_its_steps():
    system = EquationsMap({"x": "where(t % 2 < 1, a, b)*x*(1 - x)"}, {"x": 0.3}, {"a": 3.9, "b": 3.6})
    start = system.initial_state()
    first = system.step(start)
    np.testing.assert_array_equal(first, [3.9 * 0.3 * (1 - 0.3), 1.0])
    second = system.step(first)
    np.testing.assert_array_equal(second, [3.6 * first[0] * (1 - first[0]), 2.0])
    # Pushed apart, orbits keep whole steps, and the derivative of the count is 1.
    np.testing.assert_array_equal(system.step(first.at[1].add(-1e-3)), second)
    np.testing.assert_array_equal(jax.jacfwd(system.step)(first)[1], [0, 1])


@pytest.mark.parametrize(
    ("formula", "derivative"),
    [
        ("x**2 - a*x", lambda x: 2 * x - 3),
        ("x**n", lambda x: 3 * x**2),
        ("abs(x) + sign(x) + floor(x)", jnp.sign),
        ("max(x, 0, -2) + min(x, 1)", lambda x: (x > 0) * 1.0 + (x < 1) * 1.0),
        ("where(x > 0 and not x > 1, sin(x), 2*x)", lambda x: jnp.where((x > 0) & (x <= 1), jnp.cos(x), 2)),
        ("where(x > 0, sqrt(x), 0)", lambda x: jnp.where(x > 0, 0.5 / jnp.sqrt(jnp.abs(x)), 0)),
        ("tanh(x) / (1 + x**2)", None),
        ("atan2(x, 2) % 1", None),
        ("asin(x/4) + acos(x/4) + atan(x)", lambda x: 1 / (1 + x**2)),
        ("7", lambda x: 0 * x),
    ],
)
def test_functions_of_arrays_have_the_values_and_derivatives_of_functions_of_numbers(formula, derivative):
    parameters = {"a": 3.0} if "a*" in formula else {"n": 3.0} if "n" in formula.split("**")[-1:] else {}
    for x in (-1.3, -0.4, 0.6, 1.7):
        system = EquationsMap({"x": formula}, {"x": x}, parameters)
        found, slope = jax.jvp(system.step, (jnp.array([x]),), (jnp.ones(1),))
        np.testing.assert_allclose(
            found[0], evaluate(system.description.expressions[0], {"x": x}), rtol=1e-15
        )
        if derivative is not None:
            np.testing.assert_allclose(slope[0], derivative(x), rtol=1e-14)


def test_axes_have_the_names_of_the_variables():
    dataset = prepare(example("duffing"), Preparation(train_length=50, test_length=50, transient=10))
    assert dataset.axis_names == ("x", "v")
    assert dataset.train.values.shape == (50, 2)


def test_a_stored_config_holds_the_equations_and_needs_no_file(tmp_path):
    path = tmp_path / "jerk.yaml"
    path.write_text((EXAMPLES / "jerk.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    config = {
        "name": "jerk", "seed": 0, "outputs": "outputs", "diagnostics": {},
        "dataset": {"_target_": "rnnchaos.equations.EquationsFile", "path": str(path), "parameters": {"a": 2.03}},
    }  # fmt: skip
    settings = read.read_system_settings(config)
    path.unlink()
    text = stored.to_yaml(settings)
    assert str(tmp_path) not in text
    again = stored.from_yaml(text)
    assert again == settings
    system = instance(again.dataset.source, "dataset")
    assert system.description.parameters == (("a", 2.03),)
    assert system.equation == ("x' = y, y' = z, z' = -a*z + y**2 - x (Sprott 1997, Phys. Lett. A 228, 271)")


def test_a_stored_config_leads_to_no_file(tmp_path):
    text = (
        "{name: a, seed: 0, outputs: outputs, diagnostics: {}, "
        f"dataset: {{_target_: rnnchaos.equations.EquationsFile, path: {tmp_path / 'jerk.yaml'}}}}}"
    )
    with pytest.raises(ValueError, match="names a file of equations where the equations themselves belong"):
        stored.from_yaml(text)


@pytest.mark.slow  # 10 s of compiling each
@pytest.mark.parametrize("integrator", ["tsit5", "dopri8", "kvaerno5"])
def test_an_adaptive_integrator_takes_the_same_orbit_and_the_same_tangents(integrator):
    pytest.importorskip("diffrax")
    flow, fine = Lorenz63(integrator=integrator, tolerance=1e-10), Lorenz63(substeps=64)
    state = jnp.array([1.0, 2.0, 20.0])

    @jax.jit
    def everything(state):
        after, tangent = jax.jvp(flow.step, (state,), (jnp.ones(3),))
        return after, tangent, flow.mean_divergence(state, after)

    after, tangent, divergence = everything(state)
    np.testing.assert_allclose(after, fine.step(state), atol=1e-9)
    np.testing.assert_allclose(tangent, jax.jvp(fine.step, (state,), (jnp.ones(3),))[1], atol=1e-9)
    np.testing.assert_allclose(divergence, -(10 + 1 + 8 / 3), rtol=1e-12)  # everywhere


def test_a_flow_is_refined_by_its_steps_or_its_tolerance():
    assert Lorenz63().refined() == Lorenz63(substeps=4)
    pytest.importorskip("diffrax")
    assert Lorenz63(integrator="tsit5", tolerance=1e-4).refined().tolerance == 1e-4 / 16


def test_an_integrator_of_a_package_that_is_not_there_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        ValueError, match=r"integrator=tsit5 needs the diffrax package: pip install 'rnnchaos\[stiff\]'"
    ):
        Lorenz63(integrator="tsit5")


def test_an_integrator_that_gives_up_says_nan():
    pytest.importorskip("diffrax")
    explosion = EquationsFlow({"x": "x**2"}, {"x": 1.0}, 2.0, integrator="kvaerno5", tolerance=1e-6)
    assert np.isnan(jax.jit(explosion.step)(jnp.array([1.0]))).all()  # x = 1 / (1 - t)


@pytest.mark.slow
def test_van_der_pol_is_stiff_for_the_default_and_not_for_an_implicit_integrator():
    pytest.importorskip("diffrax")
    with pytest.raises(ValueError, match=r"^the orbit escapes .*integrator"):
        observed_orbit(example("van_der_pol", integrator="rk4"), num_steps=700, transient=0)
    x = observed_orbit(example("van_der_pol"), num_steps=1_000, transient=0)[:, 0]
    (jumps,) = np.nonzero((x[:-1] < 0) & (x[1:] >= 0))
    # (3 - 2 ln 2) μ + 7.014 μ^(-1/3) - …, of which what is left out is below .1; steps of .5.
    assert abs(np.diff(jumps).mean() * 0.5 - 162.84) < 0.5


@pytest.mark.slow
def test_a_step_that_is_too_long_shows_in_the_half_step_and_an_adaptive_one_passes():
    pytest.importorskip("diffrax")
    settings = LyapunovSettings(system_steps=1_000, num_orbits=2, num_blocks=8, transient=100)

    def graded(**changes):
        flow = example("van_der_pol", parameters={"mu": 5}, dt=0.5, substeps=4, **changes)
        main = attractor_of_system(flow, settings, transient=200)
        return main.spectrum, {check.name: check.grade for check in checks_of_system(flow, main, settings)}

    coarse, grades = graded(integrator="rk4")
    assert grades["half step"] is Grade.FAIL
    found, grades = graded(integrator="tsit5", tolerance=1e-10)
    assert {grades["half step"], grades["sum rule"], grades["zero exponent"]} == {Grade.PASS}
    assert abs(found.exponents[0]) < 2 / (found.num_steps * 0.5)
    assert found.exponents[1] < coarse.exponents[1] - 1
