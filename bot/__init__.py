"""Countersign: a second person before a bare-metal load balancer changes."""

__version__ = "0.1.0"
