"""Every key of the mapping language, each part of it a model; the only place where a key exists.

The sentence below a key is its meaning in the reference and in editors.

A key in `later` is specified but not built: it is refused by name. Values are read by the declared types of
`scalars`; expressions stay texts here, because what they may name depends on the rest of the mapping.
"""
