"""The JSON Schemas of the output files, as files."""
