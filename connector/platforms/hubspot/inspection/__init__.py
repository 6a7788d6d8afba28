"""Looking at a HubSpot account."""
