"""What a protocol can add to the loss and to the data, whatever its forcing; one file each."""

from rnnchaos.regularizers.flossing import GradientFlossing
from rnnchaos.regularizers.input_noise import with_noise
from rnnchaos.regularizers.manifold_attractor import ManifoldAttractor
from rnnchaos.regularizers.regularization import Regularization

__all__ = ["GradientFlossing", "ManifoldAttractor", "Regularization", "with_noise"]
