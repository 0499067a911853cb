"""The sealed vault on disk: ciphertext below, records above, and one place where they meet."""
