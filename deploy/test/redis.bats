# The Redis component and its two scripts, without a cluster. test/real/redis.bats has the real server.

load lib/stubs
load lib/tools

setup() {
  need node kustomize
  DEPLOY=$BATS_TEST_DIRNAME/..
  export CLIC_ENV=$BATS_TEST_TMPDIR/env
  : >"$CLIC_ENV"
  stubs_begin kubectl
  printf 'REDIS0011\n' >"$BATS_TEST_TMPDIR/dump.rdb"
}

@test "up makes it, and a second up changes nothing" {
  second_run_changes_nothing "$DEPLOY/deploy.sh" up redis
  grep -q 'created' "$BATS_TEST_TMPDIR/stubs/out" && return 1
  kubectl -n argo get secret redis-auth --output 'jsonpath={.data.password}' | base64 -d | grep -Eqx '[0-9a-f]{64}'
}

@test "every failure of up stops it, and up again succeeds" {
  every_failure_stops_and_rerun_succeeds "$DEPLOY/deploy.sh" up redis
}

@test "an existing password is never touched, and none is among the words of a call" {
  "$DEPLOY/deploy.sh" up redis
  before=$(kubectl -n argo get secret redis-auth --output json)
  printf 'REDIS_MAXMEMORY=256mb\n' >"$CLIC_ENV"
  "$DEPLOY/deploy.sh" up redis
  [ "$(kubectl -n argo get secret redis-auth --output json)" = "$before" ]
  password=$(kubectl -n argo get secret redis-auth --output 'jsonpath={.data.password}' | base64 -d)
  [ ${#password} -eq 64 ]
  run grep -F "$password" "$STUB_LOG"
  [ "$status" -eq 1 ]
}

@test "the values get where they belong, and a change of the configuration restarts the pod" {
  cat >"$CLIC_ENV" <<'ENV'
NAMESPACE=elsewhere
REDIS_IMAGE=registry.example:5000/redis@sha256:0123456789012345678901234567890123456789012345678901234567890123
REDIS_SECRET=our-password
REDIS_STORAGE_CLASS=fast
REDIS_STORAGE_SIZE=20Gi
REDIS_MAXMEMORY=2gb
REDIS_MEMORY_LIMIT=4Gi
IMAGE_PULL_SECRET=login
ENV
  "$DEPLOY/deploy.sh" render "$BATS_TEST_TMPDIR/one" redis
  grep -q 'maxmemory 2gb' "$BATS_TEST_TMPDIR/one/redis.yaml"
  [ "$(grep -c 'image: registry.example:5000/redis@sha256' "$BATS_TEST_TMPDIR/one/redis.yaml")" -eq 2 ]
  for line in 'secretName: our-password' 'storageClassName: fast' 'storage: 20Gi' 'memory: 4Gi' 'name: login'; do
    grep -q "$line" "$BATS_TEST_TMPDIR/one/redis.yaml"
  done
  [ "$(grep -c 'namespace: elsewhere' "$BATS_TEST_TMPDIR/one/redis.yaml")" -eq 4 ]
  sed -i s/2gb/1gb/ "$CLIC_ENV"
  "$DEPLOY/deploy.sh" render "$BATS_TEST_TMPDIR/two" redis
  [ "$(grep clic.io/config "$BATS_TEST_TMPDIR/one/redis.yaml")" != "$(grep clic.io/config "$BATS_TEST_TMPDIR/two/redis.yaml")" ]
}

@test "a memory limit without room for a snapshot is refused before anything is changed" {
  printf 'REDIS_MAXMEMORY=1gb\nREDIS_MEMORY_LIMIT=1Gi\n' >"$CLIC_ENV"
  run "$DEPLOY/deploy.sh" up redis
  [ "$status" -eq 2 ]
  [[ "$output" == *REDIS_MEMORY_LIMIT* ]]
  [ -z "$(changes)" ]
}

@test "down keeps the password and the data, --delete-data removes them" {
  "$DEPLOY/deploy.sh" up redis
  "$DEPLOY/deploy.sh" down redis --yes
  [ -z "$(kubectl -n argo get statefulset redis --ignore-not-found --output name)" ]
  [ -n "$(kubectl -n argo get secret redis-auth --output name)" ]
  "$DEPLOY/deploy.sh" down redis --yes --delete-data
  [ -z "$(kubectl -n argo get secret redis-auth --ignore-not-found --output name)" ]
}

# A Redis in a pod that counts its snapshots, and whose dump is the line REDIS0011.
redis_answers() {
  stub_tool kubectl <<'BASH'
saves=$(cat "$STUB_STATE/saves" 2>/dev/null || echo 0)
case $* in
*'info persistence') printf 'rdb_bgsave_in_progress:0\r\naof_rewrite_in_progress:0\r\nrdb_saves:%s\r\nrdb_last_bgsave_status:ok\r\n' "$saves" ;;
*bgsave) [ -n "${SNAPSHOTS_FAIL:-}" ] || echo $((saves + 1)) >"$STUB_STATE/saves" ;;
*sha256sum*) echo REDIS0011 | sha256sum ;;
*'cat /data/dump.rdb') echo "${DUMP:-REDIS0011}" ;;
esac
BASH
}

backups() { find "$BATS_TEST_TMPDIR" -maxdepth 1 -name 'backup.rdb*' | wc -l; }

@test "a backup is what the pod has, for its owner only" {
  redis_answers
  "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb"
  [ "$(cat "$BATS_TEST_TMPDIR/backup.rdb")" = REDIS0011 ]
  [ "$(stat -c %a "$BATS_TEST_TMPDIR/backup.rdb")" = 600 ]
  [ "$(backups)" -eq 1 ]
}

@test "no backup is left behind when Redis wrote no snapshot, or the copy is another" {
  redis_answers
  SNAPSHOTS_FAIL=1 run "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb"
  [ "$status" -eq 1 ]
  [[ "$output" == *'could not write a snapshot'* ]]
  DUMP=REDIS run "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb"
  [ "$status" -eq 1 ]
  [[ "$output" == *'run backup.sh again'* ]]
  [ "$(backups)" -eq 0 ]
}

@test "every failure of a backup stops it and leaves none" {
  redis_answers
  for call in $(seq 20); do
    stubs_fresh
    STUB_FAIL=kubectl:$call run "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb"
    if [ "$status" -eq 0 ]; then break; fi
    [ -n "$output" ]
    [ "$(backups)" -eq 0 ]
  done
  # The last one had fewer calls than the one that was to fail; before it, each of its calls failed once.
  [ "$status" -eq 0 ]
  [ "$call" -gt 8 ]
}

@test "--dry-run of backup and restore changes nothing" {
  "$DEPLOY/deploy.sh" up redis
  stub_answer kubectl '*get persistentvolumeclaim data-redis-0*' <<<persistentvolumeclaim/data-redis-0
  : >"$STUB_LOG"
  "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb" --dry-run
  "$DEPLOY/redis/restore.sh" "$BATS_TEST_TMPDIR/dump.rdb" --dry-run
  [ -z "$(changes)" ]
  [ ! -e "$BATS_TEST_TMPDIR/backup.rdb" ]
}

@test "every failure of a restore stops it with Redis scaled up again, and a second restore succeeds" {
  stub_answer kubectl '*get persistentvolumeclaim data-redis-0*' <<<persistentvolumeclaim/data-redis-0
  stub_answer kubectl '*exec*restore.sh' </dev/null
  stubs_seed() { STUB_QUIET=1 "$DEPLOY/deploy.sh" up redis >/dev/null 2>&1; }
  every_failure_stops_and_rerun_succeeds "$DEPLOY/redis/restore.sh" "$BATS_TEST_TMPDIR/dump.rdb" --yes
}

@test "a file that is no backup is refused before Redis is stopped" {
  printf 'something else' >"$BATS_TEST_TMPDIR/wrong.rdb"
  run "$DEPLOY/redis/restore.sh" "$BATS_TEST_TMPDIR/wrong.rdb" --yes
  [ "$status" -eq 2 ]
  [ -z "$(changes)" ]
}
