"""The sentence at the end of a run: learned or not, what the network does instead, and what to try."""

import jax
import numpy as np
import pytest

from rnnchaos.attractors import Attractor, AttractorSet, Leaving, cycle_of
from rnnchaos.diagnostics import judgement
from rnnchaos.diagnostics.comparison import compare
from rnnchaos.diagnostics.judgement import Conduct, Recipe, judge, period_of
from rnnchaos.diagnostics.network_judged import escaped_of, kinds_of, leaving_of, recipe_of
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.diagnostics.telling import telling
from rnnchaos.diagnostics.truth import EQUATIONS, SERIES, Truth
from rnnchaos.metrics import Metric
from rnnchaos.models import GRU, EchoState, LinearObservation, Network, NextGenerationReservoir
from rnnchaos.protocols import Forcing
from rnnchaos.tangent import Check, Grade, LyapunovSpectrum, lyapunov_spectrum

LORENZ = Truth(
    np.array([0.9056, 0.0, -14.5723]), np.array([3e-4, 1e-5, 3e-4]), 0.01, EQUATIONS, kaplan_yorke=2.062
)
NOISY = Truth(
    np.array([0.7]), np.array([0.04]), 0.01, SERIES, checks=(Check("noise", Grade.FAIL, 1.0, 0.1, ""),)
)
STAYS = Conduct(None, 1000, (0, 16), (("chaotic", 1.0),), chaotic=True)


def metric(name, value, floor, ceiling):
    return Metric(name, value, None, floor, ceiling, "", "")


RIGHT = [
    metric("d_stsp_paper", 0.006, 0.004, 19.0),
    metric("wasserstein", 0.03, 0.009, 0.77),
    metric("n_step_error", 0.5, 0.0, 1.0),
    metric("valid_prediction_time", 2.7, 9.0, 0.01),
]
WRONG = [metric("d_stsp_paper", 8.0, 0.004, 19.0), *RIGHT[1:]]
BLURRED = [metric("d_h_paper", 0.8, 0.52, 0.78), *RIGHT[2:]]


def compared(*exponents, truth=LORENZ, error=1e-3):
    ups = np.random.default_rng(0).standard_normal((16, 1, len(exponents)))
    ups = (ups - ups.mean(0)) / ups.std(0, ddof=1) * error * 4
    blocks = np.broadcast_to(np.array(exponents) + ups, (16, 10, len(exponents)))
    return compare(LyapunovSpectrum(blocks, 10_000, 1, 0.01, len(exponents), None), truth)


GOOD = compared(0.88, 0.02, -14.0)


def judged(conduct=STAYS, metrics=RIGHT, comparison=GOOD, truth=LORENZ, recipe=None):
    return judge(conduct, metrics, comparison, truth, recipe or Recipe())


def test_a_network_with_the_right_exponents_and_geometry_has_learned():
    assert judged() == (
        "yes",
        "learned: the free run of 1000 steps stays on one attractor (chaotic) whose exponents agree within 10% and "
        "whose geometry is the data's",
    )


def test_of_a_cycle_no_exponent_is_said_to_agree():
    truth = Truth(np.array([-0.69, -0.69]), np.zeros(2), 1.0, EQUATIONS, kaplan_yorke=0.0)
    conduct = STAYS._replace(kinds=(("cycle of 2 steps", 1.0),), chaotic=False)
    assert judged(conduct, comparison=compared(-0.25, -0.25, truth=truth), truth=truth) == (
        "yes",
        "learned: the free run of 1000 steps stays on one attractor (cycle of 2 steps) whose geometry is the data's",
    )


@pytest.mark.parametrize(
    ("changed", "does", "hint"),
    [
        (
            {
                "conduct": STAYS._replace(
                    leaving="3 of 16 orbits left one set for another, after 900(300) time units"
                )
            },
            "what it learned does not last: 3 of 16 orbits left one set for another, after 900(300) time units",
            judgement.OTHERS,
        ),
        (
            {"conduct": STAYS._replace(escape=223)},
            "its free run escapes to infinity at step 223 of 1000",
            judgement.BOUNDED,
        ),
        (
            {"conduct": STAYS._replace(escaped=(3, 16))},
            "3 of 16 forecasts from points of the data escape to infinity",
            judgement.BOUNDED,
        ),
        (
            {"conduct": STAYS._replace(kinds=(("cycle of 7 steps", 1.0),), chaotic=False)},
            "it ends on a cycle of 7 steps (100% of its orbits) where the data are chaotic",
            judgement.LONGER,
        ),
        (
            {
                "conduct": STAYS._replace(kinds=(("fixed point", 0.75),), chaotic=False),
                "recipe": Recipe(tau=200),
            },
            "it ends on a fixed point (75% of its orbits) where the data are chaotic",
            "forcing more often, as by protocol=sparse_forcing protocol.tau=auto: 200 steps are 2.6 times the "
            "predictability time of 77",
        ),
        (
            {"conduct": STAYS._replace(kinds=(("chaotic", 0.75), ("fixed point", 0.25)))},
            "it has several attractors: chaotic (75% of the orbits), fixed point (25% of the orbits)",
            judgement.OTHERS,
        ),
        (
            {"comparison": compared(0.75, 0.15, -14.5, error=2e-3), "recipe": Recipe(piecewise_linear=True)},
            "its exponents are others: λ_1 0.7500(20) for 0.90560(30), λ_2 0.1500(20) for 0.000000(10) per time unit",
            judgement.SMOOTH,
        ),
        (
            {"comparison": compared(0.9, 0.0, -9.0)},
            "its exponents are others: λ_3 -9.0000(10) for -14.57230(30) per time unit",
            judgement.FEWER,
        ),
        (
            {"metrics": WRONG},
            "its geometry is another: d_stsp_paper 42% of the way from floor to ceiling",
            judgement.LONGER,
        ),
        (
            {
                "conduct": STAYS._replace(kinds=(("fixed point", 1.0),), chaotic=False),
                "metrics": WRONG,
                "truth": None,
                "comparison": None,
            },
            "it ends on a fixed point, and its geometry is another: d_stsp_paper 42% of the way from floor to ceiling",
            judgement.LONGER,
        ),
    ],
)
def test_one_that_has_not_is_told_what_it_does_and_what_to_try(changed, does, hint):
    assert judged(**changed) == ("no", f"not learned: {does}; try {hint}")


TAKEN = Recipe(richer="more units (model.hidden_size)", simpler="fewer units (model.hidden_size)")
FIXED = Recipe(richer="a higher degree (model.degree)", simpler="fewer delays (model.delays)", drawn=False)
SEVERAL = STAYS._replace(kinds=(("chaotic", 0.75), ("fixed point", 0.25)))


@pytest.mark.parametrize(
    ("recipe", "changed", "hint"),
    [
        (
            TAKEN,
            {"metrics": WRONG},
            "more units (model.hidden_size), another protocol.ridge, or another model (model=shrnn)",
        ),
        (
            TAKEN,
            {"conduct": SEVERAL},
            "other seeds (ensemble.seeds=5), of which some have one attractor alone, or another model (model=shrnn)",
        ),
        (
            FIXED,
            {"conduct": SEVERAL},
            "a higher degree (model.degree), another protocol.ridge, or another model (model=shrnn)",
        ),
        (
            FIXED,
            {"comparison": compared(0.9, 0.0, -9.0)},
            judgement.FEWER.replace("fewer units", "fewer delays (model.delays)"),
        ),
        (
            Recipe(blended=True),
            {"metrics": WRONG},
            "longer training (training.num_steps), or more units (model.hidden_size)",
        ),
        (
            Recipe(hidden=True),
            {"metrics": WRONG},
            "delays of the one axis, which alone hides the state (dataset.embedding_dimension=auto)",
        ),
    ],
)
def test_the_hint_is_one_that_can_be_followed(recipe, changed, hint):
    assert judged(**changed, recipe=recipe).sentence.endswith(f"; try {hint}")


def trained_by(cell, forcing=None):
    network = Network(cell, LinearObservation(2, 8, key=jax.random.key(0)))
    return TrainedNetwork(network, None, None, 0, lambda: None, 7, lambda: forcing)


def test_a_recipe_is_read_off_the_network_and_its_forcing():
    key = jax.random.key(0)
    reservoir = trained_by(EchoState(8, degree=2, dimension=2, key=key))
    assert recipe_of(reservoir) == TAKEN
    polynomial = recipe_of(trained_by(NextGenerationReservoir(dimension=8)))
    assert (polynomial.drawn, polynomial.simpler) == (False, "fewer delays (model.delays)")
    gru = GRU(8, key=key)
    forcings = {Forcing(7): False, Forcing(None): False, Forcing(1, 0.1): True, Forcing(5, cut=True): False}
    assert {recipe_of(trained_by(gru, forcing)) for forcing in forcings} == {
        Recipe(7),
        Recipe(7, blended=True),
    }
    assert [recipe_of(trained_by(gru, forcing)).blended for forcing in forcings] == [*forcings.values()]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (
            {"truth": NOISY, "comparison": None},
            "its geometry is the data's, but there is no exponent of the data to hold its own against: "
            "λ_max 0.700(40) per time unit from the series (fail: noise) is not one to rely on",
        ),
        (
            {"conduct": STAYS._replace(faults="two halves")},
            "its own exponents are not to be relied on (two halves)",
        ),
        (
            {"conduct": STAYS._replace(chaotic=None, unmeasured="no")},
            "its exponents could not be measured (no)",
        ),
        ({"metrics": BLURRED}, "no metric says anything of its geometry: the series is too short"),
        (
            {"comparison": compared(0.9, 0.02, -14.5, error=0.1)},
            "the errors are too large to tell: λ_1 0.90(10) for 0.90560(30), λ_2 0.02(10) for 0.000000(10) per time "
            "unit",
        ),
    ],
)
def test_where_the_evidence_is_too_thin_it_is_undecided(changed, why):
    assert judged(**changed) == ("undecided", f"undecided whether it was learned: {why}")


def test_a_failed_estimate_does_not_hide_another_geometry():
    assert judged(metrics=WRONG, truth=NOISY, comparison=None).learned == "no"


def test_a_cycle_of_the_data_is_learned_by_a_cycle_alone():
    cycle = Truth(np.array([0.0, -1.0]), np.array([1e-6, 1e-4]), 0.01, EQUATIONS, kaplan_yorke=1.0)
    regular = STAYS._replace(kinds=(("cycle of 7 steps", 1.0),), chaotic=False)
    # How fast orbits come to it is not in the data.
    near = compared(0.0, -3.0, truth=cycle, error=1e-4)
    assert judged(regular, truth=cycle, comparison=near).learned == "yes"
    assert judged(truth=cycle, comparison=near).sentence.startswith(
        "not learned: it is chaotic and the data are not"
    )


def test_the_end_of_a_series_is_seen_to_repeat_itself():
    beginning = np.random.default_rng(0).standard_normal((500, 2))
    points = np.random.default_rng(1).standard_normal((7, 2))
    scale = np.ones(2)
    assert period_of(np.concatenate([beginning, np.tile(points, (100, 1))]), scale) == 7
    assert period_of(np.concatenate([beginning, np.tile(points[:1], (700, 1))]), scale) == 1
    assert period_of(beginning, scale) is None
    assert [cycle_of(1), cycle_of(7)] == ["fixed point", "cycle of 7 steps"]


def test_several_attractors_are_named_with_their_shares():
    spectrum = lyapunov_spectrum(lambda x: 0.5 * x, [1.0], num_steps=100, num_blocks=10)
    sets = tuple(
        Attractor(spectrum, np.arange(count), count / 16, kind, np.zeros((count, 1)))
        for kind, count in (("chaotic", 12), ("fixed point", 3))
    )
    escaped = np.full(16, -1)
    escaped[15] = 500
    leaving = Leaving(np.arange(3), np.arange(1), 1 / 16, 900.0, 300.0, None)
    found = AttractorSet(sets, leaving, escaped, np.zeros((16, 1)), np.zeros((16, 1)))
    assert kinds_of(found) == (("chaotic", 0.75), ("fixed point", 0.1875))
    assert escaped_of(found) == (1, 16)
    left = "2 of 16 orbits left one set for another, after 900 ± 300 time units on average"
    assert leaving_of(found) == f"{left}, and 1 will"
    gone = leaving._replace(orbits=np.arange(2), still=np.arange(0))
    assert leaving_of(found._replace(leaving=gone)) == left
    assert leaving_of(found._replace(leaving=None)) == ""


def test_a_network_whose_chaos_does_not_last_is_told_for_how_long_it_does():
    left = "3 of 16 orbits left one set for another, after 4700 ± 2700 time units on average, and 13 will"
    conduct = STAYS._replace(kinds=(("fixed point", 0.19),), chaotic=False, leaving=left)
    assert judged(conduct) == (
        "no",
        f"not learned: it ends on a fixed point (19% of its orbits) where the data are chaotic: {left}; "
        f"try {judgement.OTHERS}",
    )


def test_metrics_at_their_floor_tell_no_networks_apart():
    found = telling([*RIGHT, BLURRED[0]], compared(0.9056, 0.1, -12.0))
    assert found.apart == ("wasserstein", "n_step_error", "valid_prediction_time", "λ_2", "λ_3")
    assert found.at_floor == ("d_stsp_paper", "λ_1")
    assert found.mute == ("d_h_paper",)
    drawn = RIGHT[1]._replace(standard_error=0.02, floor_standard_error=0.005)
    assert telling([drawn], None).at_floor == ("wasserstein",)
    assert found.sentence().startswith("tell networks apart: wasserstein, ")
    assert "; at their floor: d_stsp_paper, λ_1; no use here" in found.sentence()
