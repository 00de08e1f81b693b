# shellcheck shell=bash
# Stubs of the system's tools, for bats: programs in front of the PATH that record what they are asked and keep state, so that a second run
# of a script meets what the first one did. Nothing of the machine is touched.
#
#   load lib/stubs
#   setup() { stubs_begin; }                      # or stubs_begin systemctl apt-get …: only these, the others are real
#   stubs_seed() { cp fixture "$HOST_ROOT/etc/fstab"; }   # optional: what each fresh machine has; called by stubs_begin and stubs_fresh
#
#   @test '…' { second_run_changes_nothing "$DEPLOY_DIR/nfs/server.sh" --some option; }
#   @test '…' { every_failure_stops_and_rerun_succeeds "$DEPLOY_DIR/nfs/server.sh" --some option; }
#
# A script under test writes its files beneath $HOST_ROOT (a prefix of every path like /etc/fstab, empty on a real machine).
#
#   $STUB_LOG      one line for each call: `CALL tool words…` (`ASK …` for a yes/no question), the words quoted as by printf %q; followed by
#                  `CHANGE tool words…` when the call changed something. Assert with `grep`, `calls TOOL` and `changes`.
#   $STUB_STATE    the state as files; the tops of the files in ../stubs say which. Tests may prepare and inspect it.
#   $HOST_ROOT     the machine's files.
#   STUB_FAIL=tool:N  makes the N-th call of the tool fail, with a message and without effect.
#   STUB_KUBE_VERSION (v1.35.1), STUB_CONTEXT (stub; empty: none): what kubectl and kubeadm tell.
#
#   stub_answer TOOL 'GLOB' [STATUS] <<<'output'   what a call whose words match gets instead; the last one that was given wins
#   stub_tool NAME <<'BASH'                        a stub of your own (or another one than ours) for this test; stub.bash is loaded before it
#   stubs_fresh                                    a fresh machine: state, files and log; answers and own stubs stay
#
# The tools: systemctl apt-get apt-mark apt-cache dpkg dpkg-query mount umount findmnt mountpoint showmount exportfs swapoff swapon modprobe lsmod
# sysctl kubeadm kubelet containerd ctr crictl kubectl helm (needs the real one for templates) curl docker openssl (the real one, recorded), and
# as mere records: iptables ip6tables nft ufw reboot shutdown setenforce update-initramfs journalctl hostnamectl systemd-detect-virt ipvsadm.

STUBS_FOLDER=$(cd "$(dirname "${BASH_SOURCE[0]}")/../stubs" && pwd)

# stubs_begin [TOOL…]: puts the stubs (all, or the named ones) in front of the PATH, and makes a fresh machine.
stubs_begin() {
  local folder=$BATS_TEST_TMPDIR/stubs tool known
  export STUB_BIN=$folder/bin STUB_ANSWERS=$folder/answers STUB_STATE=$folder/state STUB_LOG=$folder/log HOST_ROOT=$folder/root
  unset STUB_FAIL
  mkdir -p "$STUB_BIN" "$STUB_ANSWERS"
  mapfile -t known < <(stubs_known)
  [ $# -gt 0 ] || set -- "${known[@]}"
  for tool in "$@"; do
    if [ -f "$STUBS_FOLDER/$tool" ]; then
      ln -sfn "$STUBS_FOLDER/$tool" "$STUB_BIN/$tool"
    else
      ln -sfn "$STUBS_FOLDER/record" "$STUB_BIN/$tool"
    fi
  done
  export STUBS_FOLDER PATH=$STUB_BIN:$PATH
  stubs_fresh
}

# component_begin [LINE…]: for tests of a component of deploy.sh, on a kubectl that is a stub: sets DEPLOY_DIR, and CLIC_ENV to values of these lines.
component_begin() {
  need node kustomize
  # shellcheck disable=SC2034  # for the tests
  DEPLOY_DIR=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
  export CLIC_ENV=$BATS_TEST_TMPDIR/env
  printf '%s\n' "$@" >"$CLIC_ENV"
  stubs_begin kubectl
}

# The stubs that there are: files, and the tools that are only recorded.
stubs_known() {
  local file
  for file in "$STUBS_FOLDER"/*; do
    case ${file##*/} in *.* | record) ;; *) printf '%s\n' "${file##*/}" ;; esac
  done
  printf '%s\n' iptables ip6tables nft ufw reboot shutdown setenforce update-initramfs journalctl hostnamectl systemd-detect-virt ipvsadm
}

# stubs_fresh: a machine on which nothing has happened yet.
stubs_fresh() {
  rm -rf "$STUB_STATE" "$HOST_ROOT"
  mkdir -p "$STUB_STATE" "$HOST_ROOT/etc"
  : >"$STUB_LOG"
  if declare -F stubs_seed >/dev/null; then stubs_seed; fi
  : >"$STUB_LOG"
}

# stub_answer TOOL GLOB [STATUS] [changes]: stdin is what a matching call prints. `changes` marks it as one that changes something.
stub_answer() {
  local number folder
  number=$(find "$STUB_ANSWERS" -mindepth 1 -maxdepth 1 | wc -l)
  # Later answers sort before earlier ones.
  folder=$STUB_ANSWERS/$1.$((9999 - number))
  mkdir "$folder"
  printf '%s' "$2" >"$folder/pattern"
  printf '%s' "${3:-0}" >"$folder/status"
  [ "${4-}" != changes ] || : >"$folder/changes"
  cat >"$folder/output"
}

# stub_tool NAME: stdin is the body of a stub in bash.
stub_tool() {
  rm -f "$STUB_BIN/$1"
  {
    # shellcheck disable=SC2016  # for the stub
    printf '%s\n' '#!/usr/bin/env bash' '. "$STUBS_FOLDER/stub.bash"'
    cat
  } >"$STUB_BIN/$1"
  chmod +x "$STUB_BIN/$1"
}

# calls TOOL: its calls, as in the log.
calls() { sed -nE "s/^(CALL|ASK) ($1 .*)$/\2/p" "$STUB_LOG"; }

# changes: the calls that changed something.
changes() { sed -n 's/^CHANGE //p' "$STUB_LOG"; }

# stubs_state: what the machine is like now, as text that can be compared. Random secrets (64 hexadecimal digits, or what
# STUB_VOLATILE, an extended regular expression, describes) are left out.
stubs_state() {
  local folder file
  for folder in "$STUB_STATE" "$HOST_ROOT"; do
    (
      cd "$folder" || exit
      find . -printf '%y %m %p %l\n' | sort
      find . -type f | sort | while IFS= read -r file; do
        printf '%s ' "$file"
        sed -E "s/[0-9a-f]{64}${STUB_VOLATILE:+|$STUB_VOLATILE}/RANDOM/g" "$file" | sha256sum
      done
    )
  done
}

# The files of the machine with the time of their last change: tells a file that was written again, even with the same text.
stubs_written() { find "$HOST_ROOT" -type f -printf '%p %i %m %T@\n' | sort; }

# stubs_run COMMAND…: runs it without a terminal, bounded; status in STUB_STATUS, what it said in $BATS_TEST_TMPDIR/stubs/{out,err}.
stubs_run() {
  STUB_STATUS=0
  timeout --kill-after 5 "${STUB_TIMEOUT:-60}" "$@" </dev/null >"$BATS_TEST_TMPDIR/stubs/out" 2>"$BATS_TEST_TMPDIR/stubs/err" || STUB_STATUS=$?
}

# stubs_complain TEXT: why the test fails, with what the script said last.
stubs_complain() {
  printf '%s\n' "$*"
  printf -- '--- it said:\n'
  cat "$BATS_TEST_TMPDIR/stubs/out" "$BATS_TEST_TMPDIR/stubs/err"
  printf -- '--- the last calls:\n'
  tail -n 20 "$STUB_LOG"
  return 1
}

# second_run_changes_nothing COMMAND…: on a fresh machine it succeeds and does something; run again, it succeeds and asks for no change.
second_run_changes_nothing() {
  local before written
  stubs_fresh
  written=$(stubs_written)
  stubs_run "$@"
  [ "$STUB_STATUS" -eq 0 ] || stubs_complain "the first run of $1 ends with status $STUB_STATUS" || return 1
  [ -n "$(changes)" ] || [ "$(stubs_written)" != "$written" ] || stubs_complain "the first run of $1 does nothing" || return 1
  before=$(stubs_state) written=$(stubs_written)
  : >"$STUB_LOG"
  stubs_run "$@"
  [ "$STUB_STATUS" -eq 0 ] || stubs_complain "the second run of $1 ends with status $STUB_STATUS" || return 1
  [ -z "$(changes)" ] || stubs_complain "the second run of $1 changes something: $(changes)" || return 1
  diff <(printf '%s\n' "$before") <(stubs_state) || stubs_complain "the second run of $1 leaves another state" || return 1
  diff <(printf '%s' "${written:+$written$'\n'}") <(stubs_written) || stubs_complain "the second run of $1 writes files again" || return 1
}

# every_failure_stops_and_rerun_succeeds COMMAND…: fails each call of the undisturbed run in turn, on a fresh machine each time. The run has to stop
# with a message and a status other than 0 (after a yes/no question it may also go on, if it gets to the same state); a second run
# without the failure has to succeed and end in the state of the undisturbed run.
every_failure_stops_and_rerun_succeeds() {
  local undisturbed kind tool count failing recorded
  local -A seen=()
  stubs_fresh
  stubs_run "$@"
  [ "$STUB_STATUS" -eq 0 ] || stubs_complain "the undisturbed run of $1 ends with status $STUB_STATUS" || return 1
  undisturbed=$(stubs_state)
  grep -E '^(CALL|ASK) ' "$STUB_LOG" >"$BATS_TEST_TMPDIR/stubs/calls" || stubs_complain "$1 calls no stub" || return 1
  mapfile -t recorded <"$BATS_TEST_TMPDIR/stubs/calls"
  for failing in "${recorded[@]}"; do
    read -r kind tool _ <<<"$failing"
    count=$((${seen[$tool]:-0} + 1))
    seen[$tool]=$count
    stubs_fresh
    stubs_run env "STUB_FAIL=$tool:$count" "$@"
    grep -q '^FAILED ' "$STUB_LOG" || stubs_complain "the runs of $1 differ: $failing was not called again" || return 1
    if [ "$STUB_STATUS" -ne 0 ]; then
      [ "$STUB_STATUS" -lt 124 ] || stubs_complain "$1 hangs or is killed (status $STUB_STATUS) after the failure of: $failing" || return 1
      [ -s "$BATS_TEST_TMPDIR/stubs/err" ] || stubs_complain "$1 stops without a message after the failure of: $failing" || return 1
    elif [ "$kind" = CALL ]; then
      stubs_complain "$1 goes on after the failure of: $failing" || return 1
    fi
    stubs_run "$@"
    [ "$STUB_STATUS" -eq 0 ] || stubs_complain "the rerun of $1 ends with status $STUB_STATUS after the failure of: $failing" || return 1
    diff <(printf '%s\n' "$undisturbed") <(stubs_state) || stubs_complain "the rerun of $1 leaves another state after the failure of: $failing" || return 1
  done
}
