"""Charts and scenes of a page, from stored arrays."""

import base64

import numpy as np

from rnnchaos.report import curves
from rnnchaos.report.scene import scene


def test_the_first_running_estimate_is_that_after_block_1():
    running = np.array([[0.8], [0.9], [1.0]])
    (chart,) = curves.running_exponent({"running": running, "running_error": 0.1 * running}, {})
    assert chart.curves[0].x.tolist() == [1.0, 2.0, 3.0]
    assert chart.bands[0].x.tolist() == [1.0, 2.0, 3.0]


def forecasts_of(orbit):
    return {"truth": orbit[None], "axis_names": np.array(["x", "y"])}


def test_pieces_of_a_driven_run_are_pieces_of_its_cloud():
    angle = 0.1 * np.arange(90)
    orbit = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    stored = {"generated": orbit, "lengths": np.array([40, 20, 30]), "axis_names": np.array(["x", "y"])}
    found = scene(stored, forecasts_of(orbit))
    network = next(cloud for cloud in found.clouds if cloud.look == "network")
    assert network.lengths == "40,20,30"
    assert len(base64.b64decode(network.points)) == 90 * 2 * 2


def test_a_page_with_room_for_few_steps_shows_the_first_of_them():
    orbit = np.sin(0.1 * np.arange(90))[:, None] * np.ones(2)
    found = scene({"generated": orbit, "lengths": np.array([40, 20, 30])}, None, most_steps=45)
    assert [cloud.lengths for cloud in found.clouds] == ["40,5"]


def test_a_step_that_is_not_finite_ends_its_piece_alone():
    orbit = np.sin(0.1 * np.arange(90))[:, None] * np.ones(2)
    orbit[45] = np.nan
    found = scene({"generated": orbit, "lengths": np.array([40, 20, 30])}, None)
    assert [cloud.lengths for cloud in found.clouds] == ["40,5,30"]


def test_pieces_that_leave_the_picture_are_counted():
    orbit = np.sin(0.1 * np.arange(90))[:, None] * np.ones(2)
    run = orbit.copy()
    run[50:60] = 1e3
    found = scene({"generated": run, "lengths": np.array([40, 20, 30])}, forecasts_of(orbit))
    assert found.note == "The network's orbit leaves the picture in 1 of 3 pieces."
    assert next(cloud for cloud in found.clouds if cloud.look == "network").lengths == "40,10,30"
