#!/bin/bash
# A busy node: 200 pairs of veths that have nothing to do with the question, a neighbour that floods the same bridge, others' packets dropped by a
# rule, thousands of tracked connections. What works is said to work, without a finding; a fault is still told alone.
. "$(dirname "$0")/network.sh"
k() { in_ns knoten "$@"; }
world=203.0.113.7
noises=""

# background NAMESPACE COMMAND…: noise until it is quiet again
background() { local n=$1; shift; nsenter --net=/run/netns/"$n" -- "$@" >/dev/null 2>&1 </dev/null & noises="$noises $!"; }
quiet() { for p in $noises; do kill "$p" 2>/dev/null; wait "$p" 2>/dev/null; done; noises=""; }

# Half of them are on the bridge: the node answers ARP on every one of those, too (arp_ignore 0), and is one owner still
veths() {
    for i in $(seq 200); do
        echo "link add laut$i type veth peer name leise$i"
        [ $i -gt 100 ] || echo "link set laut$i master br-x"
        echo "link set laut$i up"
        echo "link set leise$i up"
    done | ip -n knoten -batch -
}
connections() { # 4000 UDP flows through the node's translation
    in_ns nachbar bash -c 'for p in $(seq 20001 24000); do echo >/dev/udp/203.0.113.7/$p; done' 2>/dev/null
    [ "$(k sysctl -n net.netfilter.nf_conntrack_count)" -ge 3000 ] || not_ok "noise" "less than 3000 connections are tracked"
}
drops() {
    k nft add table inet rausch
    k nft add chain inet rausch f '{ type filter hook forward priority 0 ; }'
    k nft add rule inet rausch f ip daddr 10.99.0.0/16 counter drop
    background nachbar ping -n -i 0.005 -w 120 10.99.0.7
}
flood() { background nachbar ping -n -f -w 120 10.77.0.1; background nachbar ping -n -i 0.01 -w 120 10.77.0.99; }

# alone NAME: the last report names no other cause than the one that it gives
alone() {
    local others
    others=$(jq -r '[.alternatives[]? | "\(.id) \(.confidence)"] | join(", ")' "$work/report.json")
    [ -z "$others" ] && ok "$1: no alternative" || not_ok "$1: no alternative" "$others"
}

build
# The bridge would take the lowest of its ports' MACs, a new one with new ports; and its neighbours would take whichever answer comes last
ip -n knoten link set br-x address 02:00:00:00:00:77
for n in kiste nachbar; do ip -n $n neigh replace 10.77.0.1 lladdr 02:00:00:00:00:77 dev if0 nud permanent; done
works kiste $world || works kiste $world || not_ok "noise" "the network does not work"
veths
connections
drops
flood
works kiste $world || works kiste $world || not_ok "noise" "the network does not work with it"
expect "healthy with noise" kiste $world healthy none && alone "healthy with noise"
expect "healthy with noise, IPv6" kiste 2001:db8:5::1 healthy none && alone "healthy with noise, IPv6"
serve welt $world 8088
expect "healthy with noise, TCP" kiste $world:8088 healthy none && alone "healthy with noise, TCP"
expect "healthy with noise, the neighbour" kiste netns:nachbar healthy none && alone "healthy with noise, the neighbour"
k sysctl -qw net.ipv4.ip_forward=0
broken "no forwarding, with noise" kiste $world && expect "no forwarding, with noise" kiste $world dropped ip-forward-disabled request "knoten br-x in" &&
    alone "no forwarding, with noise"
mends "no forwarding, with noise" kiste $world
[ "$(k nft -j list chain inet rausch f | jq '[.nftables[].rule.expr[]?.counter.packets // empty] | add')" -ge 20 ] || not_ok "noise" "the rule dropped next to nothing"
k sysctl -qw net.ipv4.ip_forward=1
# An entry that took another interface's answer: the bridge shows what it forwards to the IP rules, and the packets leave untranslated
ip -n kiste neigh replace 10.77.0.1 lladdr "$(ip -n knoten -j link show leise7 | jq -r '.[0].address')" dev if0 nud permanent
if [ "$(k sysctl -n net.bridge.bridge-nf-call-iptables 2>/dev/null)" = 1 ]; then
    broken "another's answer, with noise" kiste $world && expect "another's answer, with noise" kiste $world no-reply stale-neighbor reply "welt wan0 in" &&
        alone "another's answer, with noise"
    mends "another's answer, with noise" kiste $world
fi
quiet
teardown
summary
