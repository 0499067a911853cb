"""The byte formats of docs/file-format.md: writing is exact, parsing refuses and never guesses."""
