# The rendered redis.conf and the scripts of its ConfigMap, on a real redis-server.

load ../lib/redis
load ../lib/tools

setup() {
  need redis-server redis-cli redis-check-rdb python3
  DEPLOY=$BATS_TEST_DIRNAME/../..
  : >"$BATS_TEST_TMPDIR/env"
  export CLIC_ENV=$BATS_TEST_TMPDIR/env
  "$DEPLOY/deploy.sh" render "$BATS_TEST_TMPDIR/rendered" redis
  redis_pod_begin "$BATS_TEST_TMPDIR/rendered/redis.yaml"
}

teardown() { redis_pod_end; }

cli() { sh "$POD/etc/cli.sh" -p "$POD_PORT" "$@"; }

@test "the deployment's own test passes against a real server" {
  run "$DEPLOY/deploy.sh" test redis
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^pass' <<<"$output")" -eq 6 ]
}

@test "the deployment's own test fails when keys may be evicted" {
  cli config set maxmemory-policy allkeys-lru
  run "$DEPLOY/deploy.sh" test redis
  [ "$status" -eq 3 ]
  [[ "$output" == *"FAIL  redis: no key is ever evicted"* ]]
}

@test "without the password nothing can be read, with it everything" {
  run redis-cli -p "$POD_PORT" get key
  [[ "$output" == *NOAUTH* ]]
  [ "$(cli set key value)" = OK ]
  [ "$(cli get key)" = value ]
}

@test "the password is in no process's arguments" {
  cli ping
  [ -z "$(processes_with "$POD/secret/password")" ]
  run grep -F "$(cat "$POD/secret/password")" "$POD/kubectl.log"
  [ "$status" -eq 1 ]
}

# as_clic_master WORDS…: as clic-master's own user.
as_clic_master() { REDISCLI_AUTH=$(cat "$POD/clic-master/password") redis-cli -p "$POD_PORT" --user clic-master "$@"; }

@test "clic-master has a user that reaches its own keys, by no more commands than it needs" {
  [ "$(as_clic_master set clic:task:one '{}')" = OK ]
  [ "$(as_clic_master eval 'return redis.call("GET", KEYS[1])' 1 clic:task:one)" = '{}' ]
  [ "$(as_clic_master config get appendfsync)" = $'appendfsync\nalways' ]
  local refused
  for refused in 'get other' 'keys one' 'flushall' 'config set appendonly no' 'acl list' 'shutdown'; do
    # shellcheck disable=SC2086  # a command in words
    run as_clic_master $refused
    [[ $output == *NOPERM* ]] || { echo "$refused: $output" && false; }
  done
}

@test "without a Secret for it there is no such user" {
  kubectl scale statefulset/redis --replicas 0
  mv "$POD/clic-master/password" "$POD/kept"
  kubectl scale statefulset/redis --replicas 1
  kubectl rollout status statefulset/redis
  mv "$POD/kept" "$POD/clic-master/password"
  run as_clic_master ping
  [[ $output == *WRONGPASS* ]]
}

@test "a password that redis.conf would misread is refused" {
  printf 'two words' >"$POD/secret/password"
  run sh "$POD/etc/auth.sh"
  [ "$status" -eq 1 ]
  [[ "$output" == *'letters, digits'* ]]
}

@test "what was written survives kill -9" {
  for n in $(seq 100); do echo "set key:$n value:$n"; done | cli >/dev/null
  kill -9 "$(cat "$POD/pid")"
  kubectl scale statefulset/redis --replicas 1
  kubectl rollout status statefulset/redis
  [ "$(cli dbsize)" -eq 100 ]
  [ "$(cli get key:100)" = value:100 ]
}

@test "full memory refuses writes and keeps every key" {
  cli config set maxmemory 4mb
  head -c 100000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/value"
  written=0
  while [ "$written" -lt 100 ] && [ "$(cli -x set "key:$written" <"$BATS_TEST_TMPDIR/value" 2>&1)" = OK ]; do written=$((written + 1)); done
  [ "$written" -gt 5 ]
  [ "$written" -lt 100 ]
  [ "$(cli dbsize)" -eq "$written" ]
}

@test "a backup, then other data, then the restore: the backup's data is back, and the other data is kept aside" {
  cli set kept before
  "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb"
  [ "$(stat -c %a "$BATS_TEST_TMPDIR/backup.rdb")" = 600 ]
  cli set kept after
  cli set new one
  run "$DEPLOY/redis/restore.sh" "$BATS_TEST_TMPDIR/backup.rdb" --yes
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(cli get kept)" = before ]
  [ "$(cli exists new)" -eq 0 ]
  [ "$(find "$POD/data" -path '*/replaced-*/appendonlydir' | wc -l)" -eq 1 ]
  # And it stays so over another start.
  cli set later two
  kubectl scale statefulset/redis --replicas 0
  kubectl scale statefulset/redis --replicas 1
  kubectl rollout status statefulset/redis
  [ "$(cli get kept)" = before ]
  [ "$(cli get later)" = two ]
}

@test "a damaged backup is refused, and Redis runs on with what it had" {
  cli set kept before
  "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb"
  head -c $(($(wc -c <"$BATS_TEST_TMPDIR/backup.rdb") - 4)) "$BATS_TEST_TMPDIR/backup.rdb" >"$BATS_TEST_TMPDIR/cut.rdb"
  cli set kept after
  run "$DEPLOY/redis/restore.sh" "$BATS_TEST_TMPDIR/cut.rdb" --yes
  [ "$status" -ne 0 ]
  kubectl rollout status statefulset/redis
  [ "$(cli get kept)" = after ]
}

@test "a restore asks on a terminal only, and a backup never overwrites" {
  cli set kept before
  "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb"
  run "$DEPLOY/redis/restore.sh" "$BATS_TEST_TMPDIR/backup.rdb" </dev/null
  [ "$status" -eq 2 ]
  [[ "$output" == *--yes* ]]
  run "$DEPLOY/redis/backup.sh" "$BATS_TEST_TMPDIR/backup.rdb"
  [ "$status" -eq 2 ]
  [ "$(cli get kept)" = before ]
}
