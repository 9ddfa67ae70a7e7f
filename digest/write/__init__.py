"""Choosing and ordering the words of an issue, and the draft file that keeps them."""
