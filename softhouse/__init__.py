"""Softhouse."""
