"""The administrators' YAML files, read into one immutable, checked `Mapping`."""
