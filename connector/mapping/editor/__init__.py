"""The mapping language as editors see it: its forms and parts in JSON Schema."""
