"""The port is taken first, or it is said in one line why not."""

import socket

import pytest

