"""`loods import`: what a file would bring, shown, and its being brought."""
