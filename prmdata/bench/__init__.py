"""The code ProcessBench: items whose first wrong step is verified, and how well a scorer finds it."""
