# shellcheck shell=bash
# What the scripts say: all of it on stderr, stdout is for data. Exit codes: 0 done, 1 failed, 2 usage, values, tools or context
# (nothing was changed), 3 a test failed.

# Loaded first, so what all scripts need is checked here.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  printf 'error: this is bash %s, but these scripts need 4.4 or later: install a newer bash and run it with that\n' "$BASH_VERSION" >&2
  exit 2
fi

# A step that is under way or done.
info() { printf '%s\n' "$*" >&2; }

# Something that the operator should know, but that stops nothing.
warn() { printf 'warning: %s\n' "$*" >&2; }

# Ends the script with status 1: what was tried has failed. Say what, on what, and what to do next.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Ends the script with status 2: it was asked for something that can't be done, and has changed nothing.
refuse() {
  printf 'error: %s\n' "$*" >&2
  exit 2
}

# need_tool NAME HINT: refuses when the program is not on the PATH.
need_tool() {
  command -v "$1" >/dev/null 2>&1 || refuse "$1 is not installed: $2"
}
