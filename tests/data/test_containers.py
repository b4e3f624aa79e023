"""Arrays under names: .npz, MATLAB of both kinds, HDF5 and netCDF."""

import re
import sys

import numpy as np
import pytest
from scipy.io import netcdf_file, savemat

from rnnchaos.data import SeriesFile
from rnnchaos.errors import ConfigError

TRIALS = np.random.default_rng(0).standard_normal((3, 20, 2))
RAGGED = [TRIALS[0], TRIALS[1][:15], TRIALS[2][:9]]


def refusal(path, **settings):
    with pytest.raises(ConfigError) as error:
        SeriesFile(path, **settings).read()
    assert "\n" not in str(error.value)
    return re.sub(r"\S*/(?=\S+\.\w+)", "", str(error.value))


def assert_trials(found, trials):
    assert found.series.lengths == tuple(map(len, trials))
    np.testing.assert_array_equal(found.values, np.concatenate([np.reshape(t, (len(t), -1)) for t in trials]))


@pytest.mark.parametrize(
    "trials", [RAGGED, TRIALS, [t[:, 0] for t in RAGGED]], ids=["ragged", "equal", "one channel"]
)
def test_arrays_of_one_width_are_pieces(tmp_path, trials):
    np.savez(tmp_path / "a.npz", *trials)
    assert_trials(SeriesFile(tmp_path / "a.npz").read(), trials)


def test_arrays_of_trials_side_by_side(tmp_path):
    stimulus = np.random.default_rng(1).standard_normal((3, 20))
    np.savez(tmp_path / "a.npz", x=TRIALS, stimulus=stimulus)
    found = SeriesFile(tmp_path / "a.npz", inputs=("stimulus",)).read()
    assert_trials(found, TRIALS)
    np.testing.assert_array_equal(found.series.inputs[:, 0], stimulus.ravel())
    np.savez(tmp_path / "a.npz", x=TRIALS, stimulus=stimulus[:, :-1])
    assert refusal(tmp_path / "a.npz").startswith(
        "variable must say which array of a.npz is the series: x (3, 20, 2), stimulus (3, 19), got null; "
    )


def test_trials_of_different_channels(tmp_path):
    np.savez(tmp_path / "a.npz", a=TRIALS[0], b=TRIALS[1][:, :1])
    assert refusal(tmp_path / "a.npz") == (
        "variable must be given, as pieces need the same columns: in a.npz a has 2 and b has 1, got null; "
        "variable=NAME takes one, variable=[NAME,NAME] some"
    )


def test_an_input_of_another_length(tmp_path):
    np.savez(tmp_path / "a.npz", x=TRIALS[0], stimulus=np.zeros(19))
    assert refusal(tmp_path / "a.npz", inputs=("stimulus",)).startswith(
        "variable must say which array of a.npz is the series: x (20, 2), stimulus (19,), got null"
    )


def test_variables_are_chosen_by_name(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, first=TRIALS[0], second=RAGGED[1], dt=0.1)
    assert refusal(path).startswith(
        "variable must say which array of a.npz is the series: first (20, 2), second (15, 2), dt (), got null"
    )
    assert_trials(SeriesFile(path, variable="second").read(), [RAGGED[1]])
    assert_trials(SeriesFile(path, variable=("first", "second")).read(), RAGGED[:2])
    assert refusal(path, variable="secnd") == (
        "variable must name an array in a.npz, got 'secnd'; did you mean 'second'?"
    )
    np.save(tmp_path / "a.npy", TRIALS)
    assert refusal(tmp_path / "a.npy", variable="x") == (
        "variable must be null for a.npy, which has no named arrays, got 'x'"
    )


def cells(arrays):
    found = np.empty(len(arrays), dtype=object)
    found[:] = arrays
    return found


def test_matlab_variables_structs_and_cells(tmp_path):
    path = tmp_path / "a.mat"
    eeg = {"data": TRIALS.transpose(2, 1, 0), "srate": 250.0, "setname": "rest"}
    savemat(
        path,
        {
            "x": TRIALS[0],
            "EEG": eeg,
            "trials": cells(RAGGED),
            "data": {"trial": cells([t.T for t in RAGGED])},
        },
    )
    assert refusal(path) == (
        "variable must say which array of a.mat is the series: x (20, 2), EEG/data (2, 20, 3), EEG/srate (), "
        "EEG/setname (), trials [3 arrays], data/trial [3 arrays], got null"
    )
    assert_trials(SeriesFile(path, variable="x").read(), [TRIALS[0]])
    assert refusal(path, variable="EEG.data").startswith(
        "transpose must say what the dimensions of a.mat are, since"
    )
    assert_trials(SeriesFile(path, variable="EEG.data", transpose=(2, 1, 0)).read(), TRIALS)
    assert_trials(SeriesFile(path, variable="trials").read(), RAGGED)
    assert_trials(SeriesFile(path, variable="data/trial", transpose=True).read(), RAGGED)
    assert refusal(path, variable="EEG.setname") == "a.mat: must hold real numbers, got <U4"


@pytest.mark.parametrize("trials", [RAGGED, list(TRIALS)], ids=["ragged", "equal"])
def test_matlab_arrays_of_structs(tmp_path, trials):
    held = np.empty(3, dtype=[("x", object), ("label", object)])
    for index, trial in enumerate(trials):
        held[index] = trial, f"trial {index}"
    savemat(tmp_path / "a.mat", {"session": held})
    assert_trials(SeriesFile(tmp_path / "a.mat", variable="session.x").read(), trials)


def test_fields_of_several_numbers_as_pandas_stores_them(tmp_path):
    h5py = pytest.importorskip("h5py")
    rows = np.zeros(20, dtype=[("index", "i8"), ("values", "f8", (2,))])
    rows["index"], rows["values"] = np.arange(20), TRIALS[0]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["df/table"] = rows
    found = SeriesFile(tmp_path / "a.h5", variable="df", time_column="index").read()
    assert found.names == ("values0", "values1")
    np.testing.assert_array_equal(found.values, TRIALS[0])


def test_matlab_with_one_variable(tmp_path):
    savemat(tmp_path / "a.mat", {"x": TRIALS[0]})
    assert_trials(SeriesFile(tmp_path / "a.mat").read(), [TRIALS[0]])


def matlab73(path, arrays):
    """As MATLAB writes it: a header before the HDF5 file, dimensions from the other end, cells as references."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, array in arrays.items():
            if isinstance(array, list):
                held = [file.create_dataset(f"#refs#/{i}", data=cell.T).ref for i, cell in enumerate(array)]
                file.create_dataset(name, data=np.array([held], dtype=h5py.ref_dtype))
            else:
                file.create_dataset(name, data=array.T)
    with path.open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512))


def test_matlab_of_version_7_3(tmp_path):
    path = tmp_path / "a.mat"
    matlab73(path, {"EEG/data": TRIALS.transpose(2, 1, 0), "trials": RAGGED, "x": TRIALS[0]})
    assert_trials(SeriesFile(path, variable="x").read(), [TRIALS[0]])
    assert_trials(SeriesFile(path, variable="EEG.data", transpose=(2, 1, 0)).read(), TRIALS)
    assert_trials(SeriesFile(path, variable="trials").read(), RAGGED)


def test_hdf5(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        for index, trial in enumerate(RAGGED):
            file[f"session/trial_{index}"] = trial
        file["alone/x"] = TRIALS
        file["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/x")
    assert refusal(path) == (
        "variable must say which array of a.h5 is the series: alone/x (3, 20, 2), session/trial_0 (20, 2), "
        "session/trial_1 (15, 2), session/trial_2 (9, 2), got null"
    )
    assert_trials(SeriesFile(path, variable="session").read(), RAGGED)
    assert_trials(SeriesFile(path, variable="/session/trial_1").read(), [RAGGED[1]])
    assert_trials(SeriesFile(path, variable="alone/x").read(), TRIALS)
    assert "name an array in a.h5, got 'elsewhere'" in refusal(path, variable="elsewhere")


@pytest.mark.parametrize("kind", ["classic", "netcdf4"])
def test_netcdf_with_fill_values_and_a_scale(tmp_path, kind):
    path = tmp_path / "a.nc"
    stored = np.arange(20, dtype=np.int16) ** 2
    stored[7] = -999
    time = 0.5 * np.arange(20)
    if kind == "classic":
        with netcdf_file(path, "w") as file:
            file.createDimension("time", 20)
            file.createVariable("time", "d", ("time",))[:] = time
            held = file.createVariable("level", "h", ("time",))
            held[:] = stored
            held._FillValue, held.scale_factor, held.add_offset = np.int16(-999), 0.1, 3.0
    else:
        h5py = pytest.importorskip("h5py")
        with h5py.File(path, "w") as file:
            file["time"], file["level"] = time, stored
            file["time"].make_scale("time")
            file["level"].attrs.update(
                {"_FillValue": np.int16([-999]), "scale_factor": 0.1, "add_offset": 3.0}
            )
            file["station"] = np.zeros(4, np.float32)
            file["station"].make_scale("This is a netCDF dimension but not a netCDF variable.         4")
    found = SeriesFile(path, time_column="time").read()
    assert (found.dt, found.names, found.series.lengths) == (0.5, ("level",), (7, 12))
    np.testing.assert_allclose(found.values[:, 0], 3 + 0.1 * np.delete(stored, 7))


def test_without_h5py_it_is_said_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "a.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n")
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert refusal(path) == "a.h5 needs the h5py package: pip install 'rnnchaos[hdf5]'"


@pytest.mark.parametrize("ending", ["mat", "h5", "nc", "npz"])
def test_what_is_no_such_file(tmp_path, ending):
    if ending in ("h5", "nc"):
        pytest.importorskip("h5py")
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"nothing of the kind " * 20)
    assert refusal(path).startswith(f"a.{ending}: not a readable .{ending} file: ")


def test_an_archive_without_arrays(tmp_path):
    np.savez(tmp_path / "a.npz")
    assert refusal(tmp_path / "a.npz") == "a.npz: holds no array"
