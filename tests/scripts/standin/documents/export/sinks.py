"""Where an export goes: upstream's exporter hands its files to such an object since 3.1."""

import hashlib
import os
import shutil
import signal
import time


class DirectoryExportSink:
    """A folder, whose files are kept where they are the same."""

    def __init__(self, target, *, compare_checksums):
        self._target = target
        self._compare = compare_checksums
        self._copies = int(os.environ.get("STANDIN_DIE_AFTER", "-1"))
        self.left = {path.resolve() for path in target.rglob("*") if path.is_file()}

    def add_file(self, source, arcname, *, checksum=None):
        target = self._target / arcname
        self.left.discard(target.resolve())
        if target.exists():
            old, new = target.stat(), source.stat()
            if self._compare and checksum:
                if hashlib.sha256(target.read_bytes()).hexdigest() == checksum:
                    return
            elif (old.st_size, old.st_mtime) == (new.st_size, new.st_mtime):
                return
        if not self._copies:
            target.write_bytes(source.read_bytes()[:1])
            os.kill(os.getpid(), signal.SIGKILL)
        self._copies -= 1
        if os.environ.get("STANDIN_DISK_FULL") == source.name:
            target.write_bytes(source.read_bytes()[:1])
            raise OSError(28, "No space left on device", str(target))
        time.sleep(float(os.environ.get("STANDIN_SECONDS_FOR_EACH", "0")))
        shutil.copyfile(source, target)
        stat = source.stat()
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
