#!/usr/bin/env bash
# layout.sh MODE:OWNER:GROUP:/NAME…: makes the directories that are missing in the root of HDFS; one that exists is left as it is, whatever an
# administrator has made of it. Each is made beside its place and moved when it has its mode and owner. Wants LAYOUT_SECONDS, the time that
# the NameNode has to leave safe mode.
set -euo pipefail

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The names in the root, one a line, each with its leading slash.
names() { hdfs dfs -ls -C /; }

deadline=$((SECONDS + LAYOUT_SECONDS))
until timeout "$((deadline > SECONDS ? deadline - SECONDS : 1))" hdfs dfsadmin -safemode wait; do
  [ "$SECONDS" -lt "$deadline" ] || fail "the NameNode did not leave safe mode in ${LAYOUT_SECONDS}s: see the log of the pod hdfs-namenode-0"
  sleep 2
done

present=$(names)
beside=/.layout-$HOSTNAME
missing=()
for directory in "$@"; do
  grep -Fxq -- "${directory##*:}" <<<"$present" || missing+=("$directory")
done
if [ "${#missing[@]}" -eq 0 ]; then
  printf 'every directory is there\n'
  exit 0
fi
# Every command is a Java process that takes a second or two: all are made at once.
places=("${missing[@]##*:}")
places=("${places[@]/#/$beside}")
hdfs dfs -mkdir -p "${places[@]}"
for directory in "${missing[@]}"; do
  IFS=: read -r mode owner group path <<<"$directory"
  if [ "$owner:$group" != hadoop:supergroup ]; then hdfs dfs -chown "$owner:$group" "$beside$path"; fi
  hdfs dfs -chmod "$mode" "$beside$path"
done
# Another pod may have been faster with the same: what counts is that they are there.
hdfs dfs -mv "${places[@]}" / || printf 'not all were moved: another pod may have made them\n' >&2
hdfs dfs -rm -r -f -skipTrash "$beside"
present=$(names)
for directory in "$@"; do
  grep -Fxq -- "${directory##*:}" <<<"$present" || fail "${directory##*:} could not be made: see above"
done
printf 'made %s\n' "${missing[*]##*:}"
