#!/bin/sh
# Stands for the entrypoint of images up to 2.14, with what this project has to live with: it makes directories, takes
# the migration's lock, and makes the index anew where the data directory has no note of the index's version.
set -e
mkdir -p "$PAPERLESS_DATA_DIR/index" "$PAPERLESS_SCRATCH_DIR"
(flock 9) 9> "$PAPERLESS_DATA_DIR/migration_lock"
if [ "$(cat "$PAPERLESS_DATA_DIR/.index_version" 2> /dev/null)" != 9 ]; then
  python3 -c 'from documents.events import record; record("entrypoint", "makes the index anew")'
fi
exec "$@"
