"""Loods: steers contacts through the customer journey with the platforms that a company already has."""
