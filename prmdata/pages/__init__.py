"""Pages for people: the report, the review by hand, a program in the terminal."""
