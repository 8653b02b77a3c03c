#!/bin/sh
# What runs in restic's image, which has no Python: off_site.py decides, and leaves what it decided as files in the pod's
# working directory. Without ssh's options restic would ask a person whether it knows the host.
set -eu
cd "$OFF_SITE_WORK"
ours=cdk8s-paperless-ngx

run() {
  if [ -n "${OFF_SITE_SSH:-}" ]; then
    restic --option "sftp.args=$OFF_SITE_SSH" "$@"
  else
    restic "$@"
  fi
}

case $1 in
look)
  # Reads alone, and needs no lock for it: one that a killed run has left must not keep the next from finding out.
  status=0
  run cat config --no-lock >config.json || status=$?
  case $status in
  0) run snapshots --no-lock --json --host "$OFF_SITE_HOST" --tag "$ours" >snapshots.json ;;
  # There is no repository, says restic since 0.17; whatever else it cannot do, it says otherwise.
  10) rm config.json ;;
  *) exit "$status" ;;
  esac
  ;;
push)
  if [ -e create ]; then
    run init
    run cat config --no-lock >config.json
  fi
  # Locks of others that are at work stay.
  run unlock
  if [ -e push ]; then
    tags=$(cat tags) time=$(cat time)
    # A link more changes a file's ctime, and nothing else of it; the generation was just proved.
    run backup --quiet --json --retry-lock 30m --host "$OFF_SITE_HOST" --tag "$tags" --time "$time" \
      --ignore-ctime --files-from-verbatim paths >summary.json
  fi
  ;;
thin-out)
  shift
  origin=$(cat origin)
  # Without it restic would thin out what is others'.
  case $origin in
  "$ours",from-?*) ;;
  *) echo "nothing says what came from here, so nothing is removed" >&2 && exit 1 ;;
  esac
  # Without a rule everything stays: the storage may be one that lets nobody delete.
  [ $# -eq 0 ] ||
    run forget --retry-lock 30m --host "$OFF_SITE_HOST" --tag "$origin" --group-by host --prune "$@"
  run snapshots --no-lock --json --host "$OFF_SITE_HOST" --tag "$origin" >snapshots.json
  ;;
check)
  run unlock
  run check --retry-lock 30m --read-data-subset "$2%"
  ;;
fetch)
  if [ -e wanted ]; then
    wanted=$(cat wanted)
    # What an earlier try has brought is compared and kept; --delete removes below the target alone.
    run restore "latest:$OFF_SITE_WORK/generation" --retry-lock 30m --host "$OFF_SITE_HOST" --tag "$wanted" \
      --target "$2" --delete
  fi
  ;;
*)
  echo "what is $1?" >&2
  exit 2
  ;;
esac
