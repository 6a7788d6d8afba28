"""HubSpot: `adapter.HubSpot` is the platform, each other module one thing that it does there."""
