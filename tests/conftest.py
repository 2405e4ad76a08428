"""Hypothesis draws the same examples on every run; `pytest --hypothesis-profile=explore` looks for new ones."""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True)
settings.register_profile("explore", derandomize=False, print_blob=True)
settings.load_profile("fixed")
