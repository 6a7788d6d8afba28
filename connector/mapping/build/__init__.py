"""From the parts of the schema to rules: one builder for each kind of part, called by `assemble`."""
