# shellcheck shell=bash
# Checks with a remedy, one line each on stdout: ok, fixed, or BAD with the reason. A check is a function whose status is 0 (ok), 1 (not ok) or
# another (it can't be told), and which prints what it found; a remedy is a function that may fail.

CHECK_ONLY=false
BAD_COUNT=0
FIXED_COUNT=0

# try FUNCTION…: runs it with errexit, in a shell of its own. Its status is in TRIED, what it printed in SAID.
try() {
  set +e
  SAID=$(
    set -e
    "$@"
  )
  TRIED=$?
  set -e
}

# report WORD TEXT [REASON]
report() { printf '%-6s %s%s\n' "$1" "$2" "${3:+: ${3//$'\n'/; }}"; }

report_bad() {
  BAD_COUNT=$((BAD_COUNT + 1))
  report BAD "$@"
}

# ensure TEXT CHECK [REMEDY]: checks; if it is not so, tries the remedy and checks again. With CHECK_ONLY, or without a remedy, only says what is.
ensure() {
  local text=$1 check=$2 remedy=${3-}
  try "$check"
  if [ "$TRIED" -eq 0 ]; then
    report ok "$text"
    return
  fi
  if [ "$TRIED" -ne 1 ] || [ -z "$remedy" ] || [ "$CHECK_ONLY" = true ]; then
    report_bad "$text" "$SAID"
    return
  fi
  if [ "$DRY_RUN" = true ]; then
    report todo "$text" "$SAID"
    "$remedy"
    return
  fi
  try "$remedy"
  if [ "$TRIED" -ne 0 ]; then
    report_bad "$text" "$SAID"
    return
  fi
  try "$check"
  if [ "$TRIED" -ne 0 ]; then
    report_bad "$text" "$SAID"
    return
  fi
  FIXED_COUNT=$((FIXED_COUNT + 1))
  report fixed "$text"
}
