"""Arrays as bytes."""

import io
import zipfile

import numpy as np

from rnnchaos.runs.tensors import from_npz, to_npz


def test_arrays_that_hardly_shrink_are_stored_as_they_are():
    arrays = {"orbit": np.random.default_rng(0).standard_normal((5000, 3)), "start": np.arange(5000)}
    content = to_npz(arrays | {"label": np.array("x"), "none": np.empty(0)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
    assert kinds["orbit.npy"] == zipfile.ZIP_STORED
    assert kinds["start.npy"] == zipfile.ZIP_DEFLATED
    found = from_npz(content)
    assert list(found) == ["orbit", "start", "label", "none"]
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
    assert content == to_npz(found)
