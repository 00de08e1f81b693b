# shellcheck shell=bash
# Starts and stops the cluster's daemons. There are no pid files: after a kill -9 they stay, and name some other process after a while. A daemon
# is the process that runs our program and has our folder among its words, as /proc tells.

# Logs beyond this are emptied by the next `up`.
LOG_BYTES=$((64 * 1024 * 1024))
# Then it is killed, which all of them survive.
STOP_SECONDS=3

# daemon_pids PROGRAM: its processes, one a line; also where the program's file has been replaced since.
daemon_pids() {
  local link process
  # Processes come and go while they are looked at.
  { find /proc -mindepth 2 -maxdepth 2 -name exe \( -lname "$1" -o -lname "$1 (deleted)" \) 2>/dev/null || true; } | while read -r link; do
    process=${link%/exe}
    if tr '\0' '\n' 2>/dev/null <"$process/cmdline" | grep -qF -- "$CLUSTER/"; then echo "${process##*/}"; fi
  done
}

# pod_pids: all processes of the cluster's containers: their root folder is a layer of ours.
pod_pids() {
  local layers files
  # shellcheck disable=SC2001  # a set of characters that stay
  layers=$(sed 's/[][\\.*^$+?(){}|]/\\&/g' <<<"$STATE/containerd/")
  mapfile -t files < <(grep -lsE " / / .*upperdir=$layers" /proc/[0-9]*/mountinfo || true)
  if [ "${#files[@]}" -gt 0 ]; then printf '%s\n' "${files[@]}" | cut -d / -f 3; fi
}

# daemon_start PROGRAM ARGUMENT…: starts it, unless it runs with these arguments; one that runs with others is replaced.
daemon_start() {
  local program=$1 log pid
  log=$LOG/${1##*/}.log
  pid=$(daemon_pids "$program" | head -n 1)
  if [ -n "$pid" ]; then
    if cmp -s "/proc/$pid/cmdline" <(printf '%s\0' "$@"); then
      if [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -gt "$LOG_BYTES" ]; then : >"$log"; fi
      return 0
    fi
    daemon_stop "$program"
  fi
  : >"$log"
  (
    cd /
    # A lock or a pipe of the caller's would stay open as long as the daemon lives.
    for descriptor in "/proc/$BASHPID/fd"/*; do
      descriptor=${descriptor##*/}
      if [ "$descriptor" -gt 2 ]; then exec {descriptor}>&-; fi
    done
    # Proxies of the caller's environment would be asked for the API server.
    exec setsid env -i "PATH=$PATH" HOME=/root "$@"
  ) </dev/null >>"$log" 2>&1 &
  pid=$!
  # Until it has become the program: before, it would be taken for one that has ended.
  while [ -e "/proc/$pid/exe" ] && [ "$(readlink "/proc/$pid/exe")" != "$program" ]; do sleep 0.02; done
  step "started ${program##*/}"
}

# daemon_stop PROGRAM: ends it, by force when it takes too long.
daemon_stop() {
  local pids until_end=$((SECONDS + STOP_SECONDS))
  mapfile -t pids < <(daemon_pids "$1")
  [ "${#pids[@]}" -gt 0 ] || return 0
  kill "${pids[@]}" 2>/dev/null || true
  while [ -n "$(daemon_pids "$1")" ]; do
    if [ "$SECONDS" -ge "$until_end" ]; then kill -9 "${pids[@]}" 2>/dev/null || true; fi
    sleep 0.1
  done
}

# configure PROGRAM FILE: stdin becomes the file. A daemon that has read another version of it ends, and is started with the new one later.
configure() {
  local new=$2.new
  mkdir -p "$(dirname "$2")"
  cat >"$new"
  if cmp -s "$new" "$2"; then
    rm "$new"
  else
    daemon_stop "$1"
    mv "$new" "$2"
  fi
}

# ready WHAT SECONDS PROGRAM COMMAND…: waits until the command succeeds; fails, with the end of the daemon's log, when it ends or time is over.
ready() {
  local what=$1 until_end=$((SECONDS + $2)) program=$3 log said pid
  log=$LOG/${3##*/}.log
  shift 3
  until said=$("$@" 2>&1); do
    pid=$(daemon_pids "$program")
    if [ -z "$pid" ] || [ "$SECONDS" -ge "$until_end" ]; then
      tail -n 20 "$log" >&2
      if [ -z "$pid" ]; then fail "${program##*/} has ended: see $log"; fi
      fail "$what is not there in time; last: ${said##*$'\n'}. See $log, and start again with $HERE/up"
    fi
    sleep 0.1
  done
  step "$what"
}
