"""Deliveries become events: bodies are read strictly, and translated by their source's mapping file."""
