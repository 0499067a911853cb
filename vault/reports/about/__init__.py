"""The reports: one module each, with one pure function of a registry and a moment."""
