#!/bin/bash
# Faults injected with ip, nft, iptables and sysctl on a network built by hand; diagnosed and mended by lasthop; judged by ping and nc.
# Without an argument a sample: faults.sh all, faults.sh CAUSE, faults.sh "NAME".
. "$(dirname "$0")/network.sh"
k() { in_ns knoten "$@"; }
world=203.0.113.7

# Links and layer 2
sample "container's link down" kiste $world not-sent link-down request "" ip -n kiste link set if0 down
more "host end down" kiste $world not-sent peer-down request "" ip -n knoten link set vk1 down
loose() { ip -n knoten link set vk1 nomaster; ip -n kiste neigh flush dev if0; } # the node answers ARP on the bare veth too: the request passes
sample "host end off the bridge" kiste $world dropped not-bridged reply "" loose
remembered() { ip -n knoten link set vk1 nomaster; }
more "host end off the bridge, its MAC remembered" kiste $world dropped not-bridged "" "" remembered
sleeping() { ip -n knoten link set br-x down; ip -n kiste neigh flush dev if0; }
more "bridge down" kiste $world not-sent bridge-down request "kiste if0 out" sleeping
gone() { ip -n knoten addr del 10.77.0.1/24 dev br-x; ip -n kiste neigh flush dev if0; }
more "gateway address gone" kiste $world not-sent gateway-address-missing request "kiste if0 out" gone
sample "gateway address gone, its MAC remembered" kiste $world dropped gateway-address-missing reply "" ip -n knoten addr del 10.77.0.1/24 dev br-x
more "uplink without carrier" kiste $world dropped uplink-no-carrier request "knoten br-x in" ip -n welt link set wan0 down
stale() { ip -n kiste neigh replace 10.77.0.1 lladdr 02:00:00:00:00:99 dev if0 nud permanent; }
more "stale neighbour in the container" kiste $world dropped stale-neighbor request "" stale

# Addresses
more "no address" kiste $world not-sent no-address request "" ip -n kiste addr flush dev if0
sample "no default route" kiste $world not-sent no-default-route request "" ip -n kiste route del default
more "wrong gateway" kiste $world not-sent wrong-gateway request "kiste if0 out" ip -n kiste route replace default via 10.77.0.77
wide() {
    ip -n kiste addr add 10.77.0.9/1 dev if0; ip -n kiste addr add 10.77.0.9/0 dev if0; ip -n kiste addr del 10.77.0.9/24 dev if0
    ip -n kiste route add 128.0.0.0/1 dev if0
}
more "prefix too wide" kiste $world not-sent wrong-prefix-length request "kiste if0 out" wide
[ "$wanted" != all ] || { build; expect "next hop silent" kiste 198.51.100.77 dropped neighbor-unreachable request "knoten br-x in"; teardown; }
sample "IPv6 disabled in the container" kiste 2001:db8:5::1 not-sent ipv6-disabled request "" in_ns kiste sysctl -qw net.ipv6.conf.if0.disable_ipv6=1

# Routing
more "no forwarding" kiste $world dropped ip-forward-disabled request "knoten br-x in" k sysctl -qw net.ipv4.ip_forward=0
sample "no IPv6 forwarding" kiste 2001:db8:5::1 dropped ipv6-forward-disabled request "knoten br-x in" k sysctl -qw net.ipv6.conf.all.forwarding=0
more "no route at the node" kiste $world dropped no-route request "knoten br-x in" ip -n knoten route del default
more "blackhole" kiste $world dropped blackhole-route request "knoten br-x in" ip -n knoten route add blackhole 203.0.113.0/24
more "policy rule" kiste $world dropped policy-rule request "knoten br-x in" ip -n knoten rule add from 10.77.0.0/24 blackhole priority 100
hijack() {
    ip -n knoten link add vpn0 type ifb && ip -n knoten link set vpn0 up
    ip -n knoten route add 10.77.0.0/16 dev vpn0 table 77
    ip -n knoten rule add to 10.77.0.0/24 lookup 77 priority 90
}
sample "reply captured by a policy table" kiste $world dropped return-route-hijacked reply "" hijack
asymmetric() {
    k sysctl -qw net.ipv4.conf.all.rp_filter=1
    ip -n knoten link add zweit0 address 02:00:00:00:00:11 type veth peer name zweit1 netns welt
    ip -n knoten link set zweit0 up; ip -n welt link set zweit1 up
    ip -n knoten addr add 192.0.2.130/30 dev zweit0; ip -n welt addr add 192.0.2.129/30 dev zweit1
    ip -n welt neigh add 192.0.2.130 lladdr 02:00:00:00:00:11 dev zweit1
    ip -n welt route add 198.51.100.2/32 via 192.0.2.130
}
more "reverse path filter" kiste $world dropped rp-filter reply "knoten zweit0 in" asymmetric
noreturn() { k nft flush chain inet haus nachher; ip -n welt route del default 2>/dev/null; }
sample "no masquerade" kiste $world no-reply masquerade-missing "" "" noreturn
overlap() { ip -n kiste addr add 203.0.113.99/24 dev if0; }
more "subnet overlap" kiste $world not-sent subnet-overlap request "kiste if0 out" overlap

# Firewall
chain() { k nft add table inet wache; k nft add chain inet wache "$1" "{ type filter hook $2 priority 0 ; policy $3 ; }"; }
policy() { chain f forward drop; }
more "forward policy drop" kiste $world dropped forward-policy-drop request "knoten br-x in" policy
rule() { chain f forward accept; k nft add rule inet wache f ip saddr 10.77.0.9 counter drop; }
more "forward rule drop" kiste $world dropped forward-rule-drop request "knoten br-x in" rule
legacy() { k iptables-legacy -P FORWARD DROP; }
sample "legacy forward policy drop" kiste $world dropped forward-policy-drop request "knoten br-x in" legacy
iptables_nft() { k iptables-nft -A FORWARD -s 10.77.0.0/24 -j DROP; }
more "iptables-nft rule drop" kiste $world dropped forward-rule-drop request "knoten br-x in" iptables_nft
input() { chain i input accept; k nft add rule inet wache i iifname br-x ip daddr 10.77.0.1 drop; }
more "input drop" kiste 10.77.0.1 dropped input-drop request "knoten br-x in" input
output() { in_ns kiste nft add table inet o; in_ns kiste nft add chain inet o o '{ type filter hook output priority 0 ; }'; in_ns kiste nft add rule inet o o ip daddr $world drop; }
sample "output drop" kiste $world not-sent output-drop request "" output
pre() { k nft add table ip p; k nft add chain ip p p '{ type filter hook prerouting priority raw ; }'; k nft add rule ip p p ip saddr 10.77.0.9 drop; }
more "prerouting drop" kiste $world dropped prerouting-drop request "" pre
dest() { in_ns welt nft add table inet d; in_ns welt nft add chain inet d d '{ type filter hook input priority 0 ; }'; in_ns welt nft add rule inet d d ip daddr $world drop; }
more "destination input drop" kiste $world dropped destination-input-drop request "welt wan0 in" dest
reject() { chain f forward accept; k nft add rule inet wache f ip saddr 10.77.0.9 reject with icmp admin-prohibited; }
sample "reject" kiste $world refused firewall-reject request "knoten br-x in" reject
twice() {
    k nft add table inet erste; k nft add chain inet erste f '{ type filter hook forward priority -10 ; policy accept ; }'
    k nft add rule inet erste f ip saddr 10.77.0.0/24 accept; policy
}
more "accepted, then dropped" kiste $world dropped accept-not-final request "knoten br-x in" twice
bridged() { k sysctl -qw net.bridge.bridge-nf-call-iptables=1; policy; }
sample "bridge netfilter" kiste 10.77.0.10 dropped bridge-netfilter request "knoten vk1 in" bridged

# Sizes
small_uplink() { ip -n knoten link set up0 mtu 1400; ip -n welt link set wan0 mtu 1400; }
SIZE=1500 more "MTU" kiste $world dropped mtu-exceeded request "" small_uplink
blackhole() { small_uplink; chain o output accept; k nft add rule inet wache o icmp type destination-unreachable drop; }
SIZE=1500 sample "path MTU black hole" kiste $world dropped pmtu-blackhole request "" blackhole
veth_mtu() { ip -n knoten link set vk1 mtu 1300; }
SIZE=1400 more "veth MTU mismatch" kiste 10.77.0.1 dropped veth-mtu-mismatch request "kiste if0 out" veth_mtu

# Sockets
PREPARE="serve welt 203.0.113.7 8088" NOFIX=1 more "no listener" kiste $world:8088 refused no-listener request "" stop_services
loopback() { stop_services; serve welt 127.0.0.1 8088; }
PREPARE="serve welt 203.0.113.7 8088" NOFIX=1 sample "listener on loopback" kiste $world:8088 refused listener-on-loopback request "" loopback
more "ping not answered by the destination" kiste $world no-reply icmp-blocked "" "" in_ns welt sysctl -qw net.ipv4.icmp_echo_ignore_all=1

summary
