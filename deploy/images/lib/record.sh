# shellcheck shell=bash

# record FILE NAME=VALUE…: sets the values in the environment file, at once or not at all. A line of that name is replaced where it is, commented out or not;
# a new one comes to the end. The file is not touched when it says so already.
record() (
  local file line new
  file=$(readlink -f "$1")
  shift
  new=$(mktemp "$file.XXXXXX")
  trap 'rm -f -- "$new" "$new.line"' EXIT
  cp -p "$file" "$new"
  for line in "$@"; do
    record_line "$line" "$new" >"$new.line"
    # The first file keeps its owner and mode.
    cat "$new.line" >"$new"
  done
  if cmp -s "$file" "$new"; then
    info "$file has these images already"
  else
    mv -f "$new" "$file"
    info "$file has the new images: deploy.sh up brings them to the cluster"
  fi
)

# record_line NAME=VALUE FILE: the file's text with it. The last line that sets a name counts, so all of them are replaced by one.
record_line() {
  awk -v ours="$1" '
    BEGIN { name = substr(ours, 1, index(ours, "=") - 1); active = "^[[:space:]]*(export )?" name "="; comment = "^#[[:space:]]*" name "=" }
    NR == FNR { if ($0 ~ active) set = 1; else if ($0 ~ comment) commented = 1; next }
    $0 ~ active || (!set && commented && $0 ~ comment) { if (!placed) print ours; placed = 1; next }
    { print }
    END { if (!placed) print ours }' "$2" "$2"
}
