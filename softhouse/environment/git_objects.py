"""Git's objects and how they are packed: enough to write a history without starting git.

The formats are those of gitformat-pack(5), and of blobs, trees and commits as git-cat-file(1) shows them. Objects are
kept whole (no deltas): a run's documents are few and small, and git packs them again when it cares.

>>> objects = Objects()
>>> folder = Folder()
>>> folder.put("docs/hello.txt", FILE, objects.blob(b"hello\\n"))
>>> objects.tree(folder).hex()
'5e6894cbeb69d406762abb5e1de234dd1c40640a'
"""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

FILE = b"100644"
_FOLDER = b"40000"
_NUMBERS = {b"commit": 1, b"tree": 2, b"blob": 3}


@dataclass
class Folder:
    """A tree that can be changed; it remembers its id until then."""

    entries: "dict[str, Folder | tuple[bytes, bytes]]" = field(default_factory=dict)
    """By name: what lies in it, or the mode and the id of a file."""
    id: bytes | None = None

    def put(self, path: str, mode: bytes, identity: bytes) -> None:
        """Let a file lie at `path`, in place of whatever is in its way."""
        name, _, rest = path.partition("/")
        self.id = None
        if not rest:
            self.entries[name] = (mode, identity)
            return
        below = self.entries.get(name)
        if not isinstance(below, Folder):
            below = self.entries[name] = Folder()
        below.put(rest, mode, identity)

    def remove(self, path: str) -> None:
        """Take the file at `path` away, and the folders that it leaves empty; nothing where there is none."""
        name, _, rest = path.partition("/")
        below = self.entries.get(name)
        if below is None or isinstance(below, Folder) != bool(rest):
            return
        self.id = None
        if isinstance(below, Folder):
            below.remove(rest)
            if below.entries:
                return
        del self.entries[name]


class Objects:
    """New objects, by their ids."""

    def __init__(self) -> None:
        self._contents: dict[bytes, tuple[bytes, bytes]] = {}

    def blob(self, content: bytes) -> bytes:
        """The id of a file's content."""
        return self._add(b"blob", content)

    def tree(self, folder: Folder) -> bytes:
        """The id of a folder as it is now; those of its folders that did not change are not made again."""
        if folder.id is None:
            rows = []
            for name, entry in folder.entries.items():
                # A folder is sorted as if its name ended with a slash.
                row = (f"{name}/", _FOLDER, self.tree(entry)) if isinstance(entry, Folder) else (name, *entry)
                rows.append((_bytes(row[0]), _bytes(name), *row[1:]))
            folder.id = self._add(
                b"tree", b"".join(b"%b %b\0%b" % (mode, name, id_) for _, name, mode, id_ in sorted(rows))
            )
        return folder.id

    def commit(self, tree: bytes, parents: Sequence[str], author: str, committer: str, text: str) -> str:
        """The id, in hexadecimal, of a commit; `author` and `committer` are `NAME <ADDRESS> SECONDS +0000`."""
        lines = [
            f"tree {tree.hex()}",
            *(f"parent {parent}" for parent in parents),
            f"author {author}",
            f"committer {committer}",
        ]
        return self._add(b"commit", "\n".join([*lines, "", text]).encode()).hex()

    def _add(self, type_: bytes, content: bytes) -> bytes:
        identity = object_id(type_, content)
        self._contents.setdefault(identity, (type_, content))
        return identity

    def pack(self) -> tuple[str, bytes, bytes]:
        """The name of a pack with all of these objects, the pack, and its index."""
        packed = bytearray(b"PACK" + struct.pack(">LL", 2, len(self._contents)))
        places: dict[bytes, tuple[int, int]] = {}
        for identity, (type_, content) in self._contents.items():
            start = len(packed)
            packed += _head(_NUMBERS[type_], len(content)) + _deflated(content)
            places[identity] = (zlib.crc32(memoryview(packed)[start:]), start)
        checksum = _sha1(packed)
        packed += checksum
        return checksum.hex(), bytes(packed), _index(places, checksum)


def object_id(type_: bytes, content: bytes) -> bytes:
    """
    >>> object_id(b"blob", b"").hex()
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    return _sha1(b"%b %d\0" % (type_, len(content)) + content)


def _deflated(content: bytes) -> bytes:
    """In zlib's format, with a window no larger than the content: to clear a full one takes longer than the rest."""
    bits = min(max(len(content).bit_length(), 9), zlib.MAX_WBITS)
    deflate = zlib.compressobj(zlib.Z_BEST_SPEED, zlib.DEFLATED, bits, memLevel=bits - 7)
    return deflate.compress(content) + deflate.flush()


def _head(number: int, size: int) -> bytes:
    """An object's type and size: four bits of the size in the first byte, seven in each that follows."""
    head = bytearray()
    byte, size = number << 4 | size & 0xF, size >> 4
    while size:
        head.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    head.append(byte)
    return bytes(head)


def _index(places: dict[bytes, tuple[int, int]], checksum: bytes) -> bytes:
    """Version 2 of a pack's index; a pack of ours is far below the 2 GiB above which offsets take another form."""
    identities = sorted(places)
    counts = [0] * 256
    for identity in identities:
        counts[identity[0]] += 1
    index = b"".join(
        (
            b"\xfftOc" + struct.pack(">L", 2),
            struct.pack(">256L", *accumulate(counts)),
            *identities,
            *(struct.pack(">L", places[identity][0]) for identity in identities),
            *(struct.pack(">L", places[identity][1]) for identity in identities),
            checksum,
        )
    )
    return index + _sha1(index)


def _bytes(name: str) -> bytes:
    """Git's names are bytes; those that are not UTF-8 came in with surrogates, and go out as they were."""
    return name.encode(errors="surrogateescape")


def _sha1(content: bytes | bytearray) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()
