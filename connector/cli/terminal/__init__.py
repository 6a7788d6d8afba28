"""How every command speaks and asks."""
