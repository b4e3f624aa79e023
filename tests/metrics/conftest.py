from pathlib import Path

import numpy as np
import pytest

# Published series, where someone has laid them beside the checkout.
DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def published():
    """Published series by the names of their files, in float64; a test that needs one which is missing is skipped."""

    def load(name):
        path = DATA / name
        if not path.exists():
            pytest.skip(f"the published series {name} is not in shared/data beside the checkout")
        return np.load(path, allow_pickle=False).astype(np.float64)

    return load
