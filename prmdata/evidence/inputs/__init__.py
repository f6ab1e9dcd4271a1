"""Inputs that the tests never tried: inside the hull of the given ones, then just outside it."""
