from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import digest.text

MODULES = sorted(module.name for module in pkgutil.iter_modules(digest.text.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_documentation_are_true(name: str) -> None:
    module = importlib.import_module(f"digest.text.{name}")
    assert doctest.testmod(module).failed == 0
