"""A search whose cells are not really trained."""

from trained import trained  # noqa: F401
