"""`loods backtest`: a draft, tried on what was recorded, and how that is told."""
