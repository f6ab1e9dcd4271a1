"""Inputs that the tests never tried: first inside the hull of the given inputs, then just outside it."""
