# Starts Valkey or Redis, whichever the image has. Its arguments are the server's; the first are --dir and a folder.
#
# What Redis 7.4 and later has written, Valkey reads only when it is told to, and ends at the first thing that is none of
# its own, before it writes anything (measured: 9.1.2 reads what 8.0.6 and 8.6.2 wrote). What Valkey 9 has written, no
# Redis reads, and the repair that Redis advises would throw the queue away: so it does not get that far.
set -u
fail() { echo "refused: $1" >&2; exit 1; }

program=redis-server
# It may have both names, and the other way round it would be another server.
if command -v valkey-server > /dev/null; then program=valkey-server; fi
version=`"$program" --version` || fail "the image has neither valkey-server nor redis-server"
for file in "$2"/appendonlydir/*.base.rdb; do
  [ -f "$file" ] || continue
  writer=`head -c 9 "$file"`
  case "$version:$writer" in
    Redis*:VALKEY*)
      fail "the queue was written by Valkey, and $version cannot read it; nothing is lost: put the image of Valkey back" ;;
    Valkey*' v=7.'*:REDIS001[2-9] | Valkey*' v=8.0.'*:REDIS001[2-9])
      fail "the queue was written by a newer Redis, and $version cannot read it; nothing is lost: use Valkey 8.1 or later" ;;
    Valkey*:REDIS001[2-9])
      echo "the queue was written by Redis ($writer), and Valkey reads it; should it end here, nothing is lost:" \
        "broker=BundledRedis(image=...) with the image of before reads it again"
      set -- "$@" --rdb-version-check relaxed
      break ;;
  esac
done
set -- "$program" "$@"
# The image's own start, where it has one: Redis's loads its modules.
if command -v docker-entrypoint.sh > /dev/null; then set -- docker-entrypoint.sh "$@"; fi
exec "$@"
