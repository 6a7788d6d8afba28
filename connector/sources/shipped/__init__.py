"""The source files that come with Loods, used by name: `source: shopify`."""
