"""Passwords are hashed as by Django, in one thread of a lower priority."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth import hashers

from annotator import settings
from annotator.platform import password_hashing


def test_hashes_are_those_of_django():
    own, django = password_hashing.PBKDF2PasswordHasher(), hashers.PBKDF2PasswordHasher()

    assert own.encode("naïve 🙂", "salt", 3) == django.encode("naïve 🙂", "salt", 3)
    assert own.verify("secret", django.encode("secret", "salt", 3))
    assert len(settings.PASSWORD_HASHERS) == 5
    assert settings.PASSWORD_HASHERS[0].endswith("password_hashing.PBKDF2PasswordHasher")


def test_hashes_are_computed_one_at_a_time_at_a_lower_priority(monkeypatch):
    computed = []

    def encode(_self, password, _salt, _iterations):
        computed.append((threading.current_thread().name, os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
        return password

    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "encode", encode)
    own = password_hashing.PBKDF2PasswordHasher()
    with ThreadPoolExecutor(8) as pool:
        hashes = list(pool.map(lambda password: own.encode(password, "salt"), "abcdefgh"))

    assert hashes == list("abcdefgh")
    lower = min(os.getpriority(os.PRIO_PROCESS, 0) + password_hashing.NICENESS, 19)
    assert set(computed) == {("hashing_0", lower)}


def test_a_process_that_was_forked_hashes_with_a_thread_of_its_own():
    own = password_hashing.PBKDF2PasswordHasher()
    own.encode("secret", "salt", 3)
    child = os.fork()
    if child == 0:
        os._exit(0 if own.encode("secret", "salt", 3).startswith("pbkdf2_sha256$3$salt$") else 1)

    assert os.waitpid(child, 0)[1] == 0
