"""Looking at a Mailchimp account."""
