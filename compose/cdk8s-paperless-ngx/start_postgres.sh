# Starts PostgreSQL in its official image, unless that would begin an empty database beside one that is there. Its
# arguments are the server's.
#
# The image begins a database where PGDATA is empty, so another PGDATA, as another major version has by default, would
# look like a database that was lost. DATABASES is where the claim is mounted.
set -u
refuse() {
  echo "refused: $1" >&2
  echo "nothing was changed; docs/upgrades.md tells the way from one major version to the next" >&2
  exit 1
}

if [ -s "$PGDATA/PG_VERSION" ]; then
  read -r found < "$PGDATA/PG_VERSION"
  program=`postgres --version` || program=unknown
  case "$program" in
    unknown | *'(PostgreSQL) '"$found" | *'(PostgreSQL) '"$found"[!0-9]*) ;;
    *) refuse "$PGDATA has a database of PostgreSQL $found, and the image is $program: put an image of $found back" ;;
  esac
else
  for file in "$DATABASES"/PG_VERSION "$DATABASES"/*/PG_VERSION "$DATABASES"/*/*/PG_VERSION; do
    [ -s "$file" ] || continue
    folder=${file%/PG_VERSION}
    if [ "$folder" != "$DATABASES/${LEFT_BEHIND:-}" ]; then
      read -r found < "$file"
      refuse "$folder has a database of PostgreSQL $found, and an empty one would begin in $PGDATA"
    fi
    echo "an empty database begins in $PGDATA; the one in $folder is left behind, as LEFT_BEHIND says"
  done
fi
set -- postgres "$@"
# The image's own start, which begins the database.
if command -v docker-entrypoint.sh > /dev/null; then set -- docker-entrypoint.sh "$@"; fi
exec "$@"
