"""Tests of one group run in one process: the browser tests share a server, and this is what keeps them together."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("groups")
def test_groups_of_tests_stay_together(request):
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("tests are not spread over processes by groups")
    assert request.node.nodeid.endswith("@groups")
