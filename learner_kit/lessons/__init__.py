"""What lessons work out or know besides the tools, without a screen; the forms in `tools` show it."""
