# What all scripts have in common, and that the stubs and the two laws of the other suites find what they are there to find.

setup() {
  load lib/tools
  load lib/stubs
  DEPLOY_DIR=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
  stubs_begin
  SCRIPT=$BATS_TEST_TMPDIR/script.sh
}

# The scripts that an operator starts.
operator_scripts() { find "$DEPLOY_DIR" -name '*.sh' -perm -u+x -not -path '*/test/*' -not -path '*/lib/*' | sort; }

# script LINES…: a script to be tested.
script() {
  printf '%s\n' '#!/usr/bin/env bash' 'set -euo pipefail' "$@" >"$SCRIPT"
  chmod +x "$SCRIPT"
}

@test 'each script tells what it does with --help, and changes nothing' {
  local file
  while IFS= read -r file; do
    run timeout 20 "$file" --help </dev/null
    [ "$status" -eq 0 ] || { echo "$file: $output" && false; }
    [ -n "$output" ]
    [ -z "$(changes)" ]
  done < <(operator_scripts)
}

@test 'each script refuses an unknown option with status 2 and an error line, and changes nothing' {
  local file
  while IFS= read -r file; do
    run timeout 20 "$file" --no-such-option </dev/null
    [ "$status" -eq 2 ] || { echo "$file: $status: $output" && false; }
    [[ $output == *'error: '* ]]
    [ -z "$(changes)" ]
  done < <(operator_scripts)
}

@test 'each script refuses an environment file that is not there with status 2, and changes nothing' {
  local file
  while IFS= read -r file; do
    grep -q 'env FILE' "$file" || continue
    case $file in */deploy.sh) continue ;; esac
    run timeout 20 "$file" --env /nonexistent </dev/null
    [ "$status" -eq 2 ] || { echo "$file: $status: $output" && false; }
    [ -z "$(changes)" ]
  done < <(operator_scripts)
}

@test 'a script that restarts a service each time breaks the law of the second run' {
  script 'systemctl enable foo' 'systemctl restart foo'
  run second_run_changes_nothing "$SCRIPT"
  [ "$status" -ne 0 ]
  [[ $output == *'the second run of'*'changes something: systemctl restart foo'* ]]
}

# shellcheck disable=SC2016  # the words are for the script
@test 'a script that writes a file again breaks the law of the second run' {
  script 'echo text >"$HOST_ROOT/etc/file"'
  run second_run_changes_nothing "$SCRIPT"
  [ "$status" -ne 0 ]
  [[ $output == *'writes files again'* ]]
}

@test 'a script that goes on after a failure breaks the law of failures' {
  script 'systemctl enable foo || true' 'systemctl start foo'
  run every_failure_stops_and_rerun_succeeds "$SCRIPT"
  [ "$status" -ne 0 ]
  [[ $output == *'goes on after the failure of: CALL systemctl enable foo'* ]]
}

# shellcheck disable=SC2016  # the words are for the script
@test 'a script that leaves half a file, and believes it later, breaks the law of failures' {
  script 'if [ ! -e "$HOST_ROOT/etc/file" ]; then' ': >"$HOST_ROOT/etc/file"' 'curl -fsS -o "$HOST_ROOT/etc/file" http://files.example/a' 'fi'
  run every_failure_stops_and_rerun_succeeds "$SCRIPT"
  [ "$status" -ne 0 ]
  [[ $output == *'leaves another state after the failure of: CALL curl'* ]]
}

@test 'a script that asks before it changes keeps both laws' {
  script 'systemctl is-enabled --quiet foo || systemctl enable foo' \
    'if ! dpkg-query -W nfs-common >/dev/null 2>&1; then apt-get update; apt-get install -y nfs-common; fi' \
    'mountpoint -q /data || mount -t nfs server:/data /data'
  second_run_changes_nothing "$SCRIPT"
  every_failure_stops_and_rerun_succeeds "$SCRIPT"
}
