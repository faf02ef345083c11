"""Estimators that know nothing of simulation."""
