"""Asking public addresses carefully: whom, how often, how much of an answer, and what is kept."""
