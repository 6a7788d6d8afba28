"""What Mailchimp does not announce: who got a campaign, who opened it, and who clicked in it."""
