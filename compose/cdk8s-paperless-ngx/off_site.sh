#!/bin/sh
# What runs in restic's image, which has no Python: off_site.py decides, and leaves what it decided as files in the pod's
# working directory. Without ssh's options restic would ask a person whether it knows the host.
set -eu
cd "$OFF_SITE_WORK"

run() {
  if [ -n "${OFF_SITE_SSH:-}" ]; then
    restic --option "sftp.args=$OFF_SITE_SSH" "$@"
  else
    restic "$@"
  fi
}

snapshots() {
  run snapshots --no-lock --json --host "$OFF_SITE_HOST" --tag cdk8s-paperless-ngx >snapshots.json
}

case $1 in
look)
  rm -f config.json snapshots.json
  # What was fetched once is not asked for again: the storage may be away when a pod starts anew, years later.
  [ $# -eq 1 ] || [ ! -d "$2/used/fetched-$3" ] || ! ls -d "$2"/[0-9]*Z >/dev/null 2>&1 || exit 0
  # Reads alone, and needs no lock for it: one that a killed run has left must not keep the next from finding out.
  status=0
  run cat config --no-lock >config.json || status=$?
  case $status in
  0) snapshots ;;
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
  # By their ids: without a rule of its own, restic removes nothing that is not named.
  # shellcheck disable=SC2046
  [ ! -s forget ] || run forget --retry-lock 30m --prune $(cat forget)
  snapshots
  ;;
check)
  run unlock
  run check --retry-lock 30m --read-data-subset "$2%"
  ;;
fetch)
  if [ -e wanted ]; then
    wanted=$(cat wanted)
    # What an earlier try has brought is compared and kept; --delete removes below the target alone.
    run restore "$wanted:$OFF_SITE_WORK/generation" --retry-lock 30m --target "$2" --delete
  fi
  ;;
*)
  echo "what is $1?" >&2
  exit 2
  ;;
esac
