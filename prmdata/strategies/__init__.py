"""Traces: generators that ask a sandbox and a teacher, and do no I/O themselves."""
