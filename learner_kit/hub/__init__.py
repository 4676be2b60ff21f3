"""The kit on a JupyterHub: what is installed where, and the server that each account gets."""
