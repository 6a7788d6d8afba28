"""`loods run`, `web`, `work`, `demo`, `sandbox` and `migrate`: what runs."""
