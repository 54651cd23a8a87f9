"""Trusted documents: known by their id before anybody asks, valid since the service started, kept for good.

A manifest is what a frontend's build leaves behind, in one of three forms:

    plain   {"sha256:<hex>": "<text>"}
    Relay   {"<id>": "<text>"}
    Apollo  {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": ..., "body": ...}]}

Ids are taken as they stand, but one that says it is a SHA-256, by its prefix or by its 64 hexadecimal digits, must
be that of its text, and is the same with its prefix and without.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from kith.ground.errors import Misconfigured
from schema.documents import Documents, RequestError
from schema.http import Asked

APOLLO = "apollo-persisted-query-manifest"
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")


class Mode(StrEnum):
    """Who may ask what: `off` knows no ids, `prefer` takes ids and texts, `require` ids alone."""

    OFF = "off"
    PREFER = "prefer"
    REQUIRE = "require"


class Trusted:
    """The documents that the deployment trusts, by id."""

    def __init__(self, mode: str = Mode.OFF, named: Sequence[str] = ()) -> None:
        """Read the manifests of the files and folders named. Raises Misconfigured."""
        self._mode = Mode(mode)
        self._found = {} if self._mode is Mode.OFF else _read(_files(named))

    def keep_in(self, documents: Documents) -> None:
        """Have every document read now, and kept. Raises Misconfigured for one that is not valid."""
        for id, (file, text) in self._found.items():
            try:
                documents.keep(text)
            except RequestError as error:
                reason = error.errors[0]["message"]
                raise Misconfigured(f"{file}: the document {id} is not valid: {reason}") from None

    def text_of(self, asked: Asked) -> str:
        """The text to run. Raises RequestError for an id that is unknown, and for a text that is not trusted."""
        known = None if asked.document_id is None else self._found.get(_as_known(asked.document_id))
        if known is not None:
            if asked.query not in (None, known[1]):
                raise RequestError("This text is not the document of that id; send the id alone.", status=400)
            return known[1]
        if asked.query is None:
            raise RequestError(
                "PersistedQueryNotFound" if asked.as_apollo else "No document with this id is trusted here.",
                code="PERSISTED_QUERY_NOT_FOUND",
            )
        if self._mode is Mode.REQUIRE:
            raise RequestError(
                "Only trusted documents run here: send the id of one as `documentId`, and no text.",
                code="DOCUMENT_NOT_TRUSTED",
            )
        return asked.query


def _files(named: Sequence[str]) -> Iterator[Path]:
    for path in map(Path, named):
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not files:
            raise Misconfigured(f"{path}: this folder holds no manifest of documents (*.json).")
        yield from files


def _read(files: Iterable[Path]) -> dict[str, tuple[Path, str]]:
    found: dict[str, tuple[Path, str]] = {}
    for file in files:
        for id, text in _documents_of(file):
            _refuse_a_false_hash(file, id, text)
            other, as_known = found.setdefault(_as_known(id), (file, text))
            if as_known != text:
                raise Misconfigured(f"{file}: the document {id} has another text in {other}.")
    return found


def _documents_of(file: Path) -> Iterator[tuple[str, str]]:
    """The ids of a manifest, each with its text."""
    try:
        manifest = orjson.loads(file.read_bytes())
    except OSError as error:
        raise Misconfigured(f"{file}: this manifest of documents cannot be read: {error.strerror}.") from None
    except orjson.JSONDecodeError:
        raise Misconfigured(f"{file}: this manifest of documents is not JSON.") from None
    for id, text in _pairs(file, manifest):
        if not isinstance(id, str) or not isinstance(text, str) or not id:
            raise Misconfigured(f"{file}: the document {id} is not a text under an id.")
        yield id, text


def _pairs(file: Path, manifest: Any) -> Iterable[tuple[Any, Any]]:
    if not isinstance(manifest, dict):
        raise Misconfigured(f"{file}: a manifest of documents is a JSON object.")
    if "format" not in manifest:
        return manifest.items()
    operations = manifest.get("operations")
    if (manifest["format"], manifest.get("version")) != (APOLLO, 1) or not isinstance(operations, list):
        raise Misconfigured(f"{file}: this is no manifest of the format {APOLLO}, version 1.")
    return [(each.get("id"), each.get("body")) if isinstance(each, Mapping) else (each, None) for each in operations]


def _refuse_a_false_hash(file: Path, id: str, text: str) -> None:
    says_so = id.startswith("sha256:") or _SHA256.fullmatch(id)
    if says_so and _as_known(id) != f"sha256:{hashlib.sha256(text.encode()).hexdigest()}":
        raise Misconfigured(f"{file}: the id {id} is not the SHA-256 of its document.")


def _as_known(id: str) -> str:
    digits = _SHA256.fullmatch(id)
    return id if digits is None else f"sha256:{digits[1].lower()}"
