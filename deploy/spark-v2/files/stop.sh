#!/bin/sh
# stop.sh SECONDS: before a worker is stopped, it takes no new executors (SIGPWR: decommission), and those that it has end their
# tasks and move their blocks. Returns when its last child has ended, or after that time.
set -eu
read -r worker </run/spark/pid

# Whether a child of the worker lives. Zombies don't: a JVM reaps only what it has started itself.
child_lives() {
  for status in /proc/[0-9]*/status; do
    if grep -qs "^PPid:[[:space:]]*$worker\$" "$status" && grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "$status"; then return 0; fi
  done
  return 1
}

kill -s PWR "$worker"
end=$(($(date +%s) + $1))
while child_lives && [ "$(date +%s)" -lt "$end" ]; do sleep 1; done
