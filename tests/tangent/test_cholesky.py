"""Decompositions by the Cholesky factor: as good as Householder reflections, and left to them where they are not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.tangent import Grade, lyapunov_spectrum, worst
from rnnchaos.tangent.tangent import CHOLESKY_ERROR, orthonormalise


def orthogonal(size, columns):
    return np.linalg.qr(np.random.default_rng(size + columns).standard_normal((size, columns)))[0]


def vectors(count, dimension, *, spread):
    """Rows in general position whose singular values fall from 1 to e^-spread, so that lengths are sure to rounding."""
    values = np.exp(-spread * np.arange(count) / (count - 1))
    return orthogonal(count, count) @ np.diag(values) @ orthogonal(dimension, count).T


@pytest.mark.parametrize(("count", "dimension"), [(7, 7), (8, 30), (30, 30)])
@pytest.mark.parametrize("spread", [0.0, 5.0, 11.0, 20.0])
def test_lengths_and_directions_of_householder_reflections(count, dimension, spread):
    tangents = vectors(count, dimension, spread=spread)
    with jax.enable_x64(True):
        found = orthonormalise(jnp.asarray(tangents))
    q, r = np.linalg.qr(tangents.T)
    signs = np.sign(np.diag(r))
    signs *= np.sign(
        np.sum(q * signs * np.asarray(found.basis).T, axis=0)
    )  # reflections may turn vectors round
    np.testing.assert_allclose(found.lengths, np.abs(np.diag(r)), rtol=CHOLESKY_ERROR)
    np.testing.assert_allclose(found.basis, (q * signs).T, atol=3 * CHOLESKY_ERROR**0.5)
    np.testing.assert_allclose(found.shares, np.diag(r) ** 2 / np.sum(r**2, axis=0), rtol=3 * CHOLESKY_ERROR)


def test_where_the_factor_loses_vectors_reflections_are_taken():
    tangents = vectors(10, 10, spread=20.0)
    with jax.enable_x64(True):
        found = orthonormalise(jnp.asarray(tangents))
    lengths = np.abs(np.diag(np.linalg.qr(tangents.T)[1]))
    np.testing.assert_allclose(found.lengths, lengths, rtol=1e-6)
    np.testing.assert_allclose(found.basis @ found.basis.T, np.eye(10), atol=1e-13)


@pytest.mark.parametrize("tangents", [np.zeros((8, 8)), np.ones((8, 8)), np.full((8, 8), np.nan)])
def test_what_has_no_factor_is_decomposed_or_not_finite_all_the_same(tangents):
    with jax.enable_x64(True):
        found = orthonormalise(jnp.asarray(tangents))
    assert found.basis.shape == (8, 8)
    if np.isfinite(tangents).all():
        assert np.isfinite(found.basis).all()
        assert float(found.lengths[-1]) < 1e-14


def test_what_a_basis_lacks_is_made_up_for_by_the_next():
    """Ten steps of 1.2 nats between neighbours a decomposition: exponents right to far below what each is off by."""
    multipliers = np.exp(-np.linspace(0.0, 1.2, 8))
    turn = orthogonal(8, 8)
    matrix = turn @ np.diag(multipliers) @ turn.T
    found = lyapunov_spectrum(lambda x: matrix @ x, np.zeros(8), num_steps=4000, qr_every=10, transient=400)
    np.testing.assert_allclose(found.exponents, np.log(multipliers), atol=1e-11)
    assert found.log_volume_rate == pytest.approx(np.log(multipliers).sum(), rel=1e-8)
    assert worst(found.checks) is Grade.PASS


def test_the_volume_of_a_block_is_that_of_its_steps():
    """Where volume contracts alike everywhere, one interval of a block tells it of all."""
    coupling = 0.3 * orthogonal(9, 9)

    def step(x):  # a shear before a contraction by .3 in every direction
        return coupling @ x.at[0].add(jnp.sin(x[1:]).sum())

    found = lyapunov_spectrum(step, np.full(9, 0.2), num_steps=2000)
    assert found.log_volume_rate == pytest.approx(9 * np.log(0.3), rel=1e-10)
    assert found.sum == pytest.approx(found.log_volume_rate, rel=1e-10)
