import random

import pytest


@pytest.fixture
def rng() -> random.Random:
    return random.Random(1)  # noqa: S311  # a test owns its chance
