"""Mailchimp: `adapter.Mailchimp` is the platform, each other module one thing that it does there."""
