"""Writes the generated parts of the documentation from the declarations that the program itself uses.

`python -m connector.reference` does it; a test holds that nothing there is stale.
"""

from connector.reference.pages import PICTURE, main, picture, rewritten, schema_text

__all__ = ["PICTURE", "main", "picture", "rewritten", "schema_text"]
