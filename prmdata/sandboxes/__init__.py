"""Executions: programs run in a container or on this machine, by a pool of workers."""
