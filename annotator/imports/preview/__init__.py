"""Previews: what is in files before anything is stored, and the choices that follow."""
