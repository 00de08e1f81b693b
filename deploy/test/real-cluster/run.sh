#!/usr/bin/env bash
# run.sh [FILTER]: starts the cluster where it does not run, and runs the bats files beside this one, one after the other; with FILTER, a regular
# expression, only tests whose name has it. Status 2 when root or Go is missing: nothing was tested then.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=deploy/test/lib/tools.bash
. ../lib/tools.bash

status=0
lines=$(../cluster/up) || status=$?
if [ "$status" -ne 0 ]; then
  printf '%s\n' '' '!!! Nothing was tested on a cluster: there is none. The reason is above.' '' >&2
  exit "$status"
fi
eval "$lines"
command -v bats >/dev/null || {
  echo 'bats is missing: deploy/test/tools.sh installs it' >&2
  exit 2
}
# Seconds for one test: some build images.
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-300}
exec timeout --kill-after 10 3600 bats --formatter tap --timing ${1:+--filter "$1"} ./*.bats
