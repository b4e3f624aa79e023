"""Networks that were trained elsewhere, read from named arrays, and ours under the names that others read."""
