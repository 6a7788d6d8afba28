"""Steps of histograms that several have: in seconds, and in deliveries."""

from __future__ import annotations

from typing import Final

SHORT: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
