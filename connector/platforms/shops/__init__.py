"""Shops: only set up, so that their webhooks come; nothing else is ever done there."""
