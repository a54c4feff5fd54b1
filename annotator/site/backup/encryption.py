"""Encryption of a file with a passphrase: AES-256-GCM in frames, so that it is written and read as a stream.

The key comes from the passphrase by scrypt. Each frame has its number and whether it is the last one in its nonce, so
that exchanged, missing and added frames are noticed, and so is a file that was cut off.
"""

import io
import os
import struct
from typing import TYPE_CHECKING, BinaryIO

from annotator.site.backup.problems import BackupFailed, BackupUnreadable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"annotator encrypted 1\n"
SALT_SIZE = 16
FRAME = 1 << 20
TAG = 16
HEADER = len(MAGIC) + SALT_SIZE
# scrypt: 64 MB and about 0.2 s for each attempt at guessing.
COST, BLOCK_SIZE, PARALLEL = 1 << 16, 8, 1
SHORTEST_PASSPHRASE = 12
MISSING = "Passphrases need the package cryptography, which is not installed. Run make environment."


def is_encrypted(file: BinaryIO) -> bool:
    """Return whether a file begins like an encrypted one; its position is then at the start again."""
    start = file.read(len(MAGIC))
    file.seek(0)
    return start == MAGIC


class EncryptedWriter(io.RawIOBase):
    """A stream that encrypts what is written to it; `close` writes the last frame and leaves the file open."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise BackupFailed(f"Use a passphrase of at least {SHORTEST_PASSPHRASE} characters.")
        salt = os.urandom(SALT_SIZE)
        self._cipher = _cipher(passphrase, salt)
        self._file, self._waiting, self._number = file, bytearray(), 0
        file.write(MAGIC + salt)

    def writable(self) -> bool:
        """Return True: this stream is written only."""
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Encrypt all complete frames but the last one, which may become the end of the file."""
        self._waiting += data
        while len(self._waiting) > FRAME:
            self._write_frame(bytes(self._waiting[:FRAME]), last=False)
            del self._waiting[:FRAME]
        return len(data)

    def close(self) -> None:
        """Write the last frame; nothing when the passphrase was refused, because Python closes unused streams."""
        if not self.closed and hasattr(self, "_waiting"):
            self._write_frame(bytes(self._waiting), last=True)
        super().close()

    def _write_frame(self, frame: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), frame, None))
        self._number += 1


class DecryptedFile(io.RawIOBase):
    """An encrypted file as a stream that can be read from any position."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END) - HEADER
        frames, rest = divmod(size, FRAME + TAG)
        if rest:
            frames += 1
        self._frames, self._size = frames, size - frames * TAG
        file.seek(len(MAGIC))
        self._cipher = _cipher(passphrase, file.read(SALT_SIZE))
        self._position, self._number, self._frame = 0, -1, b""
        if frames < 1 or self._size < 0:
            raise BackupUnreadable("The file is not complete: it was cut off.")
        self._load(0)

    def readable(self) -> bool:
        """Return True: this stream is read only."""
        return True

    def seekable(self) -> bool:
        """Return True: frames can be read in any order."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Set the position."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(start + offset, 0)
        return self._position

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Read what one frame holds from the position on; 0 at the end."""
        if self._position >= self._size:
            return 0
        number, start = divmod(self._position, FRAME)
        self._load(number)
        data = self._frame[start : start + len(buffer)]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        from cryptography.exceptions import InvalidTag

        self._file.seek(HEADER + number * (FRAME + TAG))
        nonce = _nonce(number, last=number == self._frames - 1)
        try:
            self._frame = self._cipher.decrypt(nonce, self._file.read(FRAME + TAG), None)
        except InvalidTag as error:
            if number == 0:
                raise BackupUnreadable("The passphrase is wrong, or the file is damaged at its start.") from error
            raise BackupUnreadable(f"The file is damaged or was cut off, near byte {number * FRAME:,}.") from error
        self._number = number


def _cipher(passphrase: str, salt: bytes) -> "AESGCM":
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    except ImportError as error:
        raise BackupFailed(MISSING) from error
    derive = Scrypt(salt=salt, length=32, n=COST, r=BLOCK_SIZE, p=PARALLEL)
    return AESGCM(derive.derive(passphrase.encode("utf-8")))


def _nonce(number: int, *, last: bool) -> bytes:
    # The salt makes the key of each file its own, so that numbers never repeat under one key.
    return struct.pack(">3xQ?", number, last)
