#!/usr/bin/env bash
# Copies what Redis holds into one file: a snapshot that Redis makes itself, checked before it counts.
set -euo pipefail
DEPLOY_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/lib/script.sh
. "$DEPLOY_DIR/lib/script.sh"

usage() {
  cat <<'TEXT'
backup.sh [FILE] [--env FILE] [--dry-run]

Makes a snapshot in the running Redis and copies it to FILE (default: redis-<time>.rdb here), readable only by you. An existing file is
never overwritten. Exit status: 0 done; 1 failed, and no FILE was made; 2 usage or values.
TEXT
}

SNAPSHOT_SECONDS=600

redis_cli() { in_pod redis-0 --container redis -- sh /etc/redis/cli.sh "$@"; }

# The field of INFO persistence, without the carriage return. Fails when Redis can't be asked.
persistence() {
  local told
  told=$(redis_cli info persistence) || fail "redis-0 does not answer: see kubectl -n $(value NAMESPACE) logs redis-0"
  sed -n "s/^$1:\\([^[:space:]]*\\).*/\\1/p" <<<"$told"
}

# Asks for a snapshot and waits until that very one is written.
make_snapshot() {
  local before after outcome limit=$((SECONDS + SNAPSHOT_SECONDS))
  # One that is under way began before what was written last: let it end first.
  wait_for_no_snapshot "$limit"
  before=$(persistence rdb_saves)
  redis_cli bgsave >/dev/null
  wait_for_no_snapshot "$limit"
  after=$(persistence rdb_saves)
  outcome=$(persistence rdb_last_bgsave_status)
  if [ "$outcome" != ok ] || [ "$after" -le "$before" ]; then
    fail "Redis could not write a snapshot: see kubectl -n $(value NAMESPACE) logs redis-0"
  fi
}

# wait_for_no_snapshot SECOND: until no snapshot is being written, or that second of this run has come.
wait_for_no_snapshot() {
  local snapshot rewrite
  while true; do
    # While the append-only file is rewritten, Redis would not begin a snapshot.
    snapshot=$(persistence rdb_bgsave_in_progress)
    rewrite=$(persistence aof_rewrite_in_progress)
    if [ "$snapshot" = 0 ] && [ "$rewrite" = 0 ]; then return 0; fi
    [ "$SECONDS" -lt "$1" ] || fail "the snapshot was not written in ${SNAPSHOT_SECONDS} s"
    sleep 1
  done
}

main() {
  local file part wanted
  script_begin "$@"
  [ "${#WORDS[@]}" -le 1 ] || refuse 'backup.sh takes one file: see backup.sh --help'
  file=${WORDS[0]:-redis-$(date -u +%Y%m%dT%H%M%SZ).rdb}
  [ ! -e "$file" ] || refuse "$file is there already: name another file"
  [ -d "$(dirname "$file")" ] || refuse "there is no folder $(dirname "$file")"
  cluster_preflight
  if [ "$DRY_RUN" = true ]; then
    info "would write a snapshot of redis-0 to $file"
    return
  fi
  make_snapshot
  umask 077
  part=$(mktemp "$file.XXXXXX")
  # shellcheck disable=SC2064  # the name as it is now
  trap "rm -f -- $(printf %q "$part")" EXIT
  in_pod redis-0 --container redis -- redis-check-rdb /data/dump.rdb >/dev/null ||
    fail 'the snapshot is damaged: see redis-check-rdb /data/dump.rdb in the pod'
  wanted=$(in_pod redis-0 --container redis -- sha256sum /data/dump.rdb | cut -d' ' -f1)
  in_pod redis-0 --container redis -- cat /data/dump.rdb >"$part"
  [ "$(sha256sum <"$part" | cut -d' ' -f1)" = "$wanted" ] ||
    fail "the copy is not what redis-0 has (it may have made another snapshot meanwhile): run backup.sh again"
  mv "$part" "$file"
  info "$file: $(wc -c <"$file") bytes"
}

main "$@"
