"""What HubSpot does not announce: e-mails that were sent and read, forms, meetings and calls."""
