"""The shipped numbers of the section model and the story model, read from ``weights.npz``.

They are made by ``digest.judge.train`` from the labelled lines in ``training.jsonl`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray


def read_bytes(name: str) -> bytes:
    """The content of the data file ``name``. Raises FileNotFoundError."""
    return files("digest.data").joinpath(name).read_bytes()


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, NDArray[np.float32]]:
    """The arrays by name, as float32; the same object on every call."""
    with np.load(BytesIO(read_bytes("weights.npz")), allow_pickle=False) as arrays:
        return MappingProxyType({name: arrays[name].astype(np.float32) for name in arrays.files})
