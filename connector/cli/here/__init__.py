"""What a command finds: the folder, the database, and the process that may write it."""
