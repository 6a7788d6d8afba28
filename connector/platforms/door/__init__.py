"""The one door of an account: every call passes here, so that the platform's limits are kept exactly."""
