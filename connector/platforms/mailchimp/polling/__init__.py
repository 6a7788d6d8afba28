"""What Mailchimp does not announce: who opened a campaign, and who clicked in it."""
