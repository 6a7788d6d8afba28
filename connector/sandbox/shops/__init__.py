"""Two webshops, of which there are only the webhooks: nothing is ever posted to them."""
