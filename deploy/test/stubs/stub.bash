# shellcheck shell=bash
# What every stub does first: it records the call, fails when it is told to, and gives a prepared answer when there is one.
# A stub sets STUB_KIND=ASK before it loads this for a yes/no question, where failure is one of the answers.
# See ../lib/stubs.bash for how stubs are used.

STUB_TOOL=${STUB_TOOL:-${0##*/}}
STUB_WORDS=$(printf ' %q' "$@")
[ $# -gt 0 ] || STUB_WORDS=' '

# stub_record KIND: one line in the log.
stub_record() { [ -n "${STUB_QUIET-}" ] || printf '%s %s%s\n' "$1" "$STUB_TOOL" "$STUB_WORDS" >>"$STUB_LOG"; }

# Says that this call changes something. Once is enough.
stub_change() { stub_record CHANGE; }

# stub_die TEXT: what the real tool would say, and status 1.
stub_die() {
  printf '%s: %s\n' "$STUB_TOOL" "$*" >&2
  exit 1
}

# What the stub does not imitate is an error of the test, never a silent success.
stub_unknown() {
  printf 'the stub of %s does not know:%s\n' "$STUB_TOOL" "$STUB_WORDS" >&2
  exit 64
}

# stub_set FILE TEXT: brings a file of the state to the text; marks a change when it was another.
stub_set() {
  if [ -f "$STUB_STATE/$1" ] && [ "$(cat "$STUB_STATE/$1")" = "${2-}" ]; then return; fi
  mkdir -p "$(dirname "$STUB_STATE/$1")"
  printf '%s\n' "${2-}" >"$STUB_STATE/$1"
  stub_change
}

# stub_unset FILE: the same for its absence.
stub_unset() {
  [ -e "$STUB_STATE/$1" ] || return 0
  rm -r "${STUB_STATE:?}/$1"
  stub_change
}

stub_has() { [ -e "$STUB_STATE/$1" ]; }

# stub_list FOLDER: the names in a folder of the state.
stub_list() {
  if stub_has "$1"; then find "$STUB_STATE/$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort; fi
}

# stub_real: the path of the real tool of this name, behind the stubs on the PATH.
stub_real() {
  local folder
  while IFS= read -r -d : folder; do
    if [ "$folder" != "$STUB_BIN" ] && [ -x "$folder/$STUB_TOOL" ]; then
      printf '%s\n' "$folder/$STUB_TOOL"
      return
    fi
  done <<<"$PATH:"
  stub_die "no real $STUB_TOOL is installed"
}

stub_record "${STUB_KIND:-CALL}"
if [ -n "${STUB_FAIL-}" ] && [ -z "${STUB_QUIET-}" ] && [ "${STUB_FAIL%:*}" = "$STUB_TOOL" ] &&
  [ "$(grep -cE "^(CALL|ASK) $STUB_TOOL " "$STUB_LOG")" -eq "${STUB_FAIL##*:}" ]; then
  stub_record FAILED
  stub_die 'made to fail'
fi
for stub_answer in "$STUB_ANSWERS/$STUB_TOOL".*; do
  [ -f "$stub_answer/pattern" ] || continue
  # The pattern is a glob, matched against the words with single spaces between them.
  # shellcheck disable=SC2053
  if [[ "$*" == $(cat "$stub_answer/pattern") ]]; then
    if [ -e "$stub_answer/changes" ]; then stub_change; fi
    cat "$stub_answer/output"
    exit "$(cat "$stub_answer/status")"
  fi
done
