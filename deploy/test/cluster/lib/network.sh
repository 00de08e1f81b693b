# shellcheck shell=bash
# The network of the node: its address, what pods may reach, and how all of it is removed.

# network_up: the address of the API server.
network_up() {
  if ! ip link show "$NODE_BRIDGE" >/dev/null 2>&1; then ip link add "$NODE_BRIDGE" type bridge; fi
  ip address replace "$NODE_ADDRESS/32" dev "$NODE_BRIDGE"
  ip link set "$NODE_BRIDGE" up
}

# pods_network_up: what pods may reach, and that policies hold between them. Their bridge is made by containerd's plugins.
pods_network_up() {
  local uplink
  sysctl -qw net.ipv4.ip_forward=1
  # Packets between pods of one bridge pass the packet filter, where policies are, only with this.
  if ! sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null; then
    if ! { modprobe br_netfilter && sysctl -qw net.bridge.bridge-nf-call-iptables=1; }; then
      fail 'the kernel has no br_netfilter: network policies would not hold'
    fi
  fi
  # Tests that reach the world would depend on it, so pods don't; nor does anybody there reach pods.
  uplink=$(ip route show default | sed -nE 's/.* dev ([^ ]+).*/\1/p' | head -n 1)
  # Made and deleted, so that it is there to be deleted: one transaction puts the table in the place of the one before.
  nft -f - <<NFT
table inet clic-cluster
delete table inet clic-cluster
table inet clic-cluster {
  chain forward {
    type filter hook forward priority -10; policy accept;
    ip saddr $PODS oifname "${uplink:-lo}" reject
    iifname "${uplink:-lo}" ip daddr { $PODS, $SERVICES } drop
  }
}
NFT
}

# network_down: the bridges, and all rules of kube-proxy, of kube-router and of ours.
network_down() {
  local family
  policy_rules_remove
  for family in ip ip6; do nft delete table "$family" kube-proxy 2>/dev/null || true; done
  nft delete table inet clic-cluster 2>/dev/null || true
  for bridge in cni0 "$NODE_BRIDGE"; do ip link delete "$bridge" 2>/dev/null || true; done
}

# What kube-router leaves: its own clean-up does nothing when only its firewall runs.
policy_rules_remove() {
  local chain rule own word words
  command -v iptables >/dev/null || return 0
  for chain in INPUT FORWARD OUTPUT; do
    iptables -S "$chain" | { grep -E 'KUBE-ROUTER-|0x20000/0x20000' || true; } | while read -r rule; do
      # As iptables itself prints them: words, some of them quoted.
      mapfile -t words < <(xargs -n 1 printf '%s\n' <<<"${rule/#-A/-D}")
      iptables "${words[@]}"
    done
  done
  mapfile -t own < <(iptables -S | sed -nE 's/^-N (KUBE-ROUTER-[A-Z]+|KUBE-POD-FW-.*|KUBE-NWPLCY-.*)$/\1/p')
  # Emptied first: they name each other.
  for word in -F -X; do
    for chain in "${own[@]}"; do iptables "$word" "$chain"; done
  done
  { ipset list -n 2>/dev/null || true; } | { grep -E '^KUBE-(SRC|DST)-' || true; } | xargs -r -n 1 ipset destroy
}
