#!/usr/bin/env bash
# run-file.sh FILE: one bats file for run.sh: what it said goes to $SAID, its status beside it. A file without a test that fits FILTER leaves
# nothing.
set -euo pipefail
file=$1
said=${SAID:?run.sh sets it}/${file//\//_}
options=()
if [ -n "$FILTER" ] && ! [[ $file =~ $FILTER ]]; then options=(--filter "$FILTER"); fi
status=0
timeout --kill-after 10 "${DEPLOY_TEST_TIMEOUT:-900}" bats --formatter tap --timing "${options[@]}" "$file" >"$said" 2>&1 || status=$?
if [ -n "$FILTER" ] && [ "$(head -c 4 "$said")" = 1..0 ]; then exit; fi
echo "$status" >"$said.status"
echo "# $file: status $status after $SECONDS s" >&2
