"""Tests of the adapters. The contract's asserts are shown in full, as those of a test module are."""

import pytest

pytest.register_assert_rewrite("tests.platforms.contract")
