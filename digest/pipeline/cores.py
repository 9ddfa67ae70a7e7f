"""How many cores the products of matrices use."""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits


def one_core() -> AbstractContextManager[object]:
    """Inside, numpy computes on one core.

    The matrices of judging are too small to share: threads wait for one another, and where other
    programs run, that waiting was most of the CPU time. One core also rounds the same everywhere.
    """
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits
