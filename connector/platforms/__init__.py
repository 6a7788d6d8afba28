"""One module per platform that we act on, all behind the same small protocol (`base.Platform`)."""
