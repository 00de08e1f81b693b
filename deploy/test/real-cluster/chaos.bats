# Masters that are killed, frozen and cut off, and an API server that is stopped, while plans run as Jobs: nothing is lost, and nothing runs twice.
#
# CLUSTER_FULL=1 kills the leader 50 times instead of 8 (BATS_TEST_TIMEOUT=1800). CHAOS_SEED chooses the moments.

load ../lib/tools
load ../lib/cluster
load ../lib/masters

for part in ../../lib/log lib/settings lib/daemon; do
  # shellcheck source=/dev/null
  . "$BATS_TEST_DIRNAME/../cluster/$part.sh"
done

setup_file() {
  cluster_begin
  masters_begin
}
teardown_file() {
  masters_end
  cluster_end
}

setup() {
  INSTANCE=chaos-$BATS_TEST_NUMBER
  PORT=$(free_ports 1)
  RANDOM=${CHAOS_SEED:-1}
}
teardown() {
  masters_kill
  [ -n "$(daemon_pids "$BIN/kube-apiserver")" ] || "$CLUSTER_DIR/up" >/dev/null
}

# pause MAX: for a random time of up to so many milliseconds.
pause() { sleep "$(printf '0.%03d' $((RANDOM % $1)))"; }
now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

@test 'a leader that is killed at random moments loses nothing, and runs nothing twice' {
  local kills=8 n at took=() plans=1
  [ -z "${CLUSTER_FULL-}" ] || kills=50
  kept_master a
  kept_master b
  cluster_within 30 answers
  submit 40
  for ((n = 1; n <= kills; n += 1)); do
    # A plan that is over has nothing to lose.
    if is_over; then
      ran_once 40
      submit 40
      plans=$((plans + 1))
    fi
    pause 1000
    pause 1000
    at=$(now_ms)
    kill_leader
    # A Lease holds for ten seconds. Some changes take that long; for others it is taken away from the dead, so that there are more of them.
    if [ $((n % 3)) -ne 0 ]; then k delete lease "$INSTANCE" >/dev/null; fi
    # Some are killed when they have begun to lead, and serve nobody yet.
    if [ $((n % 5)) -eq 2 ]; then
      cluster_within 30 leader_pid
      continue
    fi
    cluster_within 60 answers
    if [ $((n % 3)) -eq 0 ]; then took+=($(($(now_ms) - at))); fi
  done
  cluster_within 60 answers
  ran_once 40
  mapfile -t took < <(printf '%s\n' "${took[@]}" | sort -n)
  echo "# seed ${CHAOS_SEED:-1}: $kills kills, $plans plans; ${#took[@]} times the Lease had to run out: first answer after p50 ${took[${#took[@]} / 2]} ms, max ${took[-1]} ms" >&3
}

@test 'when both masters are killed at once, the plan goes on with the next ones, and nothing runs twice' {
  master a
  master b
  cluster_within 30 answers
  submit 24
  until_true 60 has_begun 6
  tell a KILL
  tell b KILL
  # Meanwhile programs end, and nobody sees it.
  until_true 30 all_ended
  run answers
  [ "$status" -ne 0 ]
  master a
  master b
  cluster_within 60 answers
  ran_once 24
}
all_ended() { [ "$(grep -c "^start $TASK-" "$EFFECTS")" -eq "$(grep -c "^end $TASK-" "$EFFECTS")" ]; }

# state: a checksum of all that Redis has, and the Jobs with their identities.
state() {
  redis DEBUG DIGEST
  k get jobs --output 'jsonpath={range .items[*]}{.metadata.uid}{"\n"}{end}' | sort
}

@test 'a leader that was frozen for longer than its Lease writes nothing and starts nothing afterwards, and ends with 1' {
  local before late first=$PORT
  master a
  cluster_within 30 answers
  PORT=$(free_ports 1)
  master b
  PORT=$first submit 16
  until_true 60 has_begun 3
  tell a STOP
  cluster_within 60 answers
  ran_once 16
  before=$(state)
  # What it is asked while it is frozen is there when it wakes up.
  PORT=$first clic submit late "$BATS_TEST_TMPDIR/plan.yaml" >"$BATS_TEST_TMPDIR/late" 2>&1 3>&- &
  late=$!
  until_true 20 is_asked "$first"
  tell a CONT
  until_true 10 status_of a
  [ "$(status_of a)" -eq 1 ]
  log_of a | grep -E "the master can't go on: (this process leads no more|another master has taken over)"
  run wait "$late"
  cat "$BATS_TEST_TMPDIR/late"
  [ "$status" -ne 0 ]
  [ "$(state)" = "$before" ]
  answers
}
is_asked() { ss -Htn state established "sport = :$1" | awk '$1 > 0 {found = 1} END {exit !found}'; }

@test 'a leader that is cut off from the API server, and not from Redis, has ended when the next one begins' {
  local net=clic-chaos before
  network_begin "$net"
  IN="ip netns exec $net" PORT=7777 master a
  HOST=10.231.77.2 PORT=7777 cluster_within 30 answers
  master b
  HOST=10.231.77.2 PORT=7777 submit 16
  until_true 60 has_begun 3
  ip netns exec "$net" iptables --append OUTPUT --protocol tcp --dport 6443 --jump DROP
  cluster_within 60 answers
  # It could not know; so it had to give up before.
  [ "$(status_of a)" -eq 1 ]
  log_of a | grep "leads no more: the Lease $NAMESPACE/$INSTANCE: it could not be renewed for 8 s"
  ran_once 16
  [ "$(redis GET "$INSTANCE:epoch")" = 2 ]
  # With the network back, nothing comes of what the first one has sent.
  before=$(state)
  ip netns exec "$net" iptables --flush OUTPUT
  until_true 60 nothing_is_sent "$net"
  [ "$(state)" = "$before" ]
  network_end "$net"
}

nothing_is_sent() { [ -z "$(ip netns exec "$1" ss -Htn state fin-wait-1)" ]; }

# network_begin NAME: a network of its own that reaches this machine.
network_begin() {
  network_end "$1"
  ip netns add "$1"
  ip link add clic-chaos0 type veth peer name eth0 netns "$1"
  ip address add 10.231.77.1/30 dev clic-chaos0
  ip link set clic-chaos0 up
  ip -netns "$1" address add 10.231.77.2/30 dev eth0
  ip -netns "$1" link set lo up
  ip -netns "$1" link set eth0 up
  ip -netns "$1" route add default via 10.231.77.1
}
network_end() {
  ip netns delete "$1" 2>/dev/null || true
  ip link delete clic-chaos0 2>/dev/null || true
}

@test 'of two that are both told to lead, the first writes nothing after the second has begun, and ends with 1' {
  master a --leader-election none
  cluster_within 30 answers
  submit 16
  until_true 60 has_begun 3
  PORT=$(free_ports 1)
  master b --leader-election none
  cluster_within 30 answers
  until_true 10 status_of a
  [ "$(status_of a)" -eq 1 ]
  log_of a | grep "the master can't go on: another master has taken over"
  ran_once 16
}

@test 'while the API server is stopped for a minute Jobs go on and no stage fails, and then plans are completed' {
  local name tasks=() ports=() at kinds=(kubernetes redis none)
  for name in 0 1 2; do
    PORT=$(free_ports 1)
    ports+=("$PORT")
    INSTANCE=chaos-${kinds[name]} kept_master "${kinds[name]}" --leader-election "${kinds[name]}"
    cluster_within 30 answers
  done
  for PORT in "${ports[@]}"; do
    submit 12
    tasks+=("$TASK")
  done
  for TASK in "${tasks[@]}"; do until_true 60 has_begun 3; done
  daemon_stop "$BIN/kube-apiserver"
  at=$SECONDS
  for TASK in "${tasks[@]}"; do
    until_true 30 all_ended
    run has_begun 12
    [ "$status" -ne 0 ]
  done
  for name in 1 2; do
    # Without a Lease there is nothing to give up.
    tell "${kinds[name]}" 0
    PORT=${ports[name]} answers
  done
  until_true 30 gave_up
  while [ $((SECONDS - at)) -lt 60 ]; do sleep 1; done
  "$CLUSTER_DIR/up" >/dev/null
  for name in 0 1 2; do
    PORT=${ports[name]} TASK=${tasks[name]}
    cluster_within 60 answers
    ran_once 12
  done
  for name in 1 2; do [ ! -e "$BATS_TEST_TMPDIR/${kinds[name]}.status" ]; done
}
gave_up() { log_of kubernetes | grep 'leads no more'; }
