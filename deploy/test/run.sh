#!/usr/bin/env bash
# run.sh [FILTER]: the checks of all that is in deploy/, then the bats files (with FILTER, a regular expression, only the tests and checks whose file
# or name has it). Ends with the line 'N passed, N failed, N skipped'; status 1 when one failed. What a machine lacks is skipped with the
# reason, or fails when CI is set; test/tools.sh installs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
FILTER=${1-}
# shellcheck source=deploy/test/lib/tools.bash
. "$PWD/test/lib/tools.bash"
PASSED=0 FAILED=0 SKIPPED=0

# check NAME TOOL COMMAND…: one check.
check() {
  local name=$1 tool=$2
  shift 2
  [[ -z $FILTER || $name =~ $FILTER ]] || return 0
  if ! command -v "$tool" >/dev/null 2>&1; then
    if [ -n "${CI-}" ]; then
      echo "not ok $name: $tool is missing"
      FAILED=$((FAILED + 1))
    else
      echo "ok $name # skip $tool is missing: run deploy/test/tools.sh"
      SKIPPED=$((SKIPPED + 1))
    fi
  elif "$@"; then
    echo "ok $name"
    PASSED=$((PASSED + 1))
  else
    echo "not ok $name"
    FAILED=$((FAILED + 1))
  fi
}

# All shell files: by their ending, or by their first line. The stubs' links are left out.
shell_files() {
  find . -type f \( -name '*.sh' -o -name '*.bash' -o -name '*.bats' \) -print
  grep -rlIE --exclude='*.*' '^#!.*\b(ba)?sh$' . || true
}
mapfile -t SHELL_FILES < <(shell_files | sort -u)
# Those on a real cluster have a runner of their own.
mapfile -t BATS_FILES < <(find test -name '*.bats' -not -path 'test/real-cluster/*' | sort)
# Templates of charts are not YAML until they are rendered; test/matrix.bats checks what they give.
mapfile -t YAML_FILES < <(find . \( -name '*.yaml' -o -name '*.yml' \) -not -path '*/templates/*' | sort)

# The sources are named from the top of the repository.
shell_check() (cd .. && shellcheck --external-sources "${SHELL_FILES[@]/#/deploy/}")

check shellcheck shellcheck shell_check
check shfmt shfmt shfmt -i 2 -d "${SHELL_FILES[@]}"
check yamllint yamllint yamllint --strict --config-file test/yamllint.yaml "${YAML_FILES[@]}"

if ! command -v bats >/dev/null 2>&1; then
  check bats bats true
else
  # One file on each core; what each said is printed when all are done, in order.
  SAID=$(mktemp -d)
  trap 'rm -rf "$SAID"' EXIT
  export SAID FILTER
  printf '%s\0' "${BATS_FILES[@]}" | xargs -0 -n 1 -P "$(nproc)" test/run-file.sh || true
  for file in "${BATS_FILES[@]}"; do
    said=$SAID/${file//\//_}
    if [ ! -f "$said.status" ]; then continue; fi
    printf '# %s\n' "$file"
    cat "$said"
    skipped=$(grep -cE '^ok .* # skip' "$said" || true)
    failed=$(grep -c '^not ok ' "$said" || true)
    SKIPPED=$((SKIPPED + skipped))
    PASSED=$((PASSED + $(grep -c '^ok ' "$said" || true) - skipped))
    # A file that can't be run at all fails as one.
    if [ "$(cat "$said.status")" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    FAILED=$((FAILED + failed))
  done
fi
echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
[ "$FAILED" -eq 0 ]
