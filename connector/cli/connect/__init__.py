"""`loods connect`: plans, what is shown of them, and their carrying out."""
