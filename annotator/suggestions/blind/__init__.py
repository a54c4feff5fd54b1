"""The blind arm: annotation sets without suggestions, and what suggestions change compared with them."""
