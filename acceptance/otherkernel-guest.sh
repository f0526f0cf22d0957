# Inside the guest of otherkernel.sh: ipvlan, VLANs of a bridge, network cards and a full table of connections, by lasthop, judged by ip, bridge, ping, nc and nft.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd) only=${1:-all}
# As installed: without sources that it would be compared with. Interpreted, as an emulated processor gains nothing by compiling.
mkdir -p /run/lasthop-installed/build /run/netns
cp "$here/../lasthop" /run/lasthop-installed/ && cp -r "$(readlink -f "$here/../build/image")" /run/lasthop-installed/build/image
sed -i 's/^-XX:TieredStopAtLevel=.*/-Xint/' /run/lasthop-installed/build/image/lib/lasthop.options
LASTHOP=/run/lasthop-installed/lasthop
. "$here/network.sh"
export LASTHOP_STATE=$work/state LASTHOP_RUN=$work/run
for module in e1000 virtio_net veth bridge nf_conntrack; do modprobe $module; done # ipvlan and the rest are the kernel's to load, as they add no parameters
ip link set lo up

lh() { in_ns knoten "$lasthop" "$@"; }
home() { "$lasthop" "$@"; } # where the guest itself is the host
# does NAME COMMAND…, refuses WORDS COMMAND…: run by lh or home
does() {
    local name=$1
    shift
    "$@" >"$work/out" 2>"$work/err" && ok "$name" || { not_ok "$name" "exit code $?: $(said)"; return 1; }
}
refuses() {
    local words=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then not_ok "refuses $*" "it did it"; return; fi
    grep -qi -e "$words" "$work/err" && ok "refuses ($words): $*" || not_ok "refuses $*" "$(said)"
}
is() { [ "$2" = "$3" ] && ok "$1" || not_ok "$1" "wanted '$2', got '$3'"; } # is NAME WANTED GOT
said() { head -c 400 "$work/err" | tr '\n' ' '; }
until_true() { for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done; return 1; }
seen() { grep -q "$1" "$2"; }
state_of() {
    nsenter --net="$1" sh -c 'ip -j link; ip -j addr; ip -j route show table all; ip -j -6 route show table all; ip -j rule; nft list ruleset;
        sysctl -a 2>/dev/null | grep "^net\." | grep -v -e nf_conntrack_count -e stable_secret -e random -e nf_log'
}
# as_before NAME NAMESPACE_PATH FILE: within ten seconds, as the kernel tells some things late
as_before() {
    for _ in $(seq 20); do
        state_of "$2" >"$work/now"
        cmp -s "$3" "$work/now" && { ok "$1"; return; }
        sleep 0.5
    done
    not_ok "$1" "$(diff <(tr , '\n' <"$3") <(tr , '\n' <"$work/now") | head -12 | tr '\n' ' ')"
}
settle() { until_true sh -c "! nsenter --net=/run/netns/$1 ip -6 addr show tentative | grep -q ."; }

listens() { ss -N "$1" -Hln "sport = $2" | grep -q .; }
# answers PROTOCOL SOURCE DESTINATION ADDRESS: what is said arrives, and what is said to it comes back
port=7000
answers() {
    local udp="" lost=1 server client
    [ "$1" = udp ] && udp=-u
    port=$((port + 1))
    nsenter --net=/run/netns/"$3" -- nc $udp -l "$4" $port >"$work/said" 2>/dev/null <<<back &
    server=$!
    until_true listens "$3" $port
    nsenter --net=/run/netns/"$2" -- nc $udp "$4" $port >"$work/heard" 2>/dev/null <<<forth &
    client=$!
    for _ in $(seq 100); do
        seen forth "$work/said" && seen back "$work/heard" && { lost=0; break; }
        sleep 0.05
    done
    kill $server $client 2>/dev/null
    wait $server $client 2>/dev/null
    return $lost
}
# flows SOURCE DESTINATION ADDRESS…: ICMP, TCP and UDP
flows() {
    local from=$1 to=$2 address protocol
    shift 2
    for address; do
        works "$from" "$address" || works "$from" "$address" || works "$from" "$address" && ok "$from pings $to, $address" || not_ok "$from pings $to, $address" "no answer"
        for protocol in tcp udp; do
            answers $protocol "$from" "$to" "$address" && ok "$from talks $protocol to $to, $address" || not_ok "$from talks $protocol to $to, $address" "said '$(cat "$work/said")', heard '$(cat "$work/heard")'"
        done
    done
}
# parted SOURCE DESTINATION ADDRESS…: none of it arrives
parted() {
    local from=$1 to=$2 address
    shift 2
    for address; do
        works "$from" "$address" && not_ok "$from does not reach $to, $address" "it answers" || ok "$from does not reach $to, $address"
    done
}

knoten_up() {
    for n in knoten welt c1 c2 c3 c4; do ip netns add $n && ip -n $n link set lo up; done
    ip -n knoten link add up0 type veth peer name wan0 netns welt
    ip -n knoten link set up0 up && ip -n welt link set wan0 up
    ip -n knoten addr add 198.51.100.2/24 dev up0 && ip -n knoten addr add 2001:db8:5::2/64 dev up0 nodad
    ip -n welt addr add 198.51.100.1/24 dev wan0 && ip -n welt addr add 2001:db8:5::1/64 dev wan0 nodad
    ip -n welt addr add 203.0.113.7/32 dev lo && ip -n welt addr add 2001:db8:7::7/128 dev lo
    ip -n knoten route add default via 198.51.100.1 && ip -n knoten route add default via 2001:db8:5::1
    in_ns knoten nft add table inet fremd # somebody else's; and the modules are loaded
    in_ns knoten nft add chain inet fremd herein '{ type filter hook input priority 0 ; policy accept ; }'
    settle knoten
    settle welt
}
knoten_down() {
    stop_services
    for n in knoten welt c1 c2 c3 c4; do ip netns del $n 2>/dev/null; done
    rm -rf "$LASTHOP_STATE" "$LASTHOP_RUN"
}
address_of() { ip -n "$1" -j addr show eth0 | jq -r ".[0].addr_info[] | select(.scope == \"global\" and .family == \"$2\").local"; }

# ipvlan MODE SUBNET… : two endpoints, each other and outside
ipvlan() {
    local mode=$1 got a4 a6 b4 b6 before=$work/knoten-$1 inside=$work/c1-$1
    shift
    state_of /run/netns/knoten >"$before" && state_of /run/netns/c1 >"$inside"
    does "ipvlan $mode: create" lh network create lan --driver ipvlan --parent up0 --mode "$mode" "$@" || return
    does "ipvlan $mode: connect" lh connect netns:c1 --network lan
    does "ipvlan $mode: connect a second" lh connect netns:c2 --network lan
    got=$(ip -n c1 -d -j link show eth0 | jq -r '.[0] | [.linkinfo.info_kind, .linkinfo.info_data.mode, .address, .link_index] | map(tostring) | join(" ")')
    is "ipvlan $mode: the interface" "ipvlan $mode $(ip -n knoten -j link show up0 | jq -r '.[0] | "\(.address) \(.ifindex)"')" "$got"
    got=$(ip -n c1 -d -j link show eth0 | jq -r '.[0].linkinfo.info_data.flags // .[0].linkinfo.info_data | tostring')
    grep -q -e private -e vepa <<<"$got" && not_ok "ipvlan $mode: neighbours hear each other" "$got"
    a4=$(address_of c1 inet) a6=$(address_of c1 inet6) b4=$(address_of c2 inet) b6=$(address_of c2 inet6)
    settle c1
    settle c2
    flows c1 welt 198.51.100.1 2001:db8:5::1
    flows welt c1 "$a4" "$a6"
    flows c1 c2 "$b4" "$b6"
    works c1 203.0.113.7 && works c1 2001:db8:7::7 && ok "ipvlan $mode: farther than the next" || not_ok "ipvlan $mode: farther than the next" "$(ip -n c1 route; ip -n c1 -6 route)"
    # who passes the host's own filter: l3s, on the way in
    in_ns knoten nft flush chain inet fremd herein
    in_ns knoten nft add rule inet fremd herein ip daddr "$a4" counter
    works welt "$a4"
    got=$(in_ns knoten nft -j list chain inet fremd herein | jq '[.nftables[].rule? // empty | .expr[].counter? // empty | .packets] | add')
    in_ns knoten nft flush chain inet fremd herein
    case $mode in
    l3s) [ "$got" -gt 0 ] && ok "ipvlan l3s: passes the host's filter" || not_ok "ipvlan l3s: passes the host's filter" "$got packets" ;;
    *) is "ipvlan $mode: passes by the host's filter" 0 "$got" ;;
    esac
    refuses "MAC address" lh connect netns:c3 --network lan --mac 02:00:00:00:00:01
    local other=l3
    [ $mode = l3 ] && other=l2
    refuses "mode" lh network create other --driver ipvlan --parent up0 --mode $other --subnet 10.99.0.0/24
    does "ipvlan $mode: nothing to repair" lh repair --check
    ip -n c2 link del eth0
    does "ipvlan $mode: repair" lh repair
    works c2 198.51.100.1 && ok "ipvlan $mode: repaired" || not_ok "ipvlan $mode: repaired" "no answer"
    does "ipvlan $mode: disconnect" lh disconnect c1 --network lan
    as_before "ipvlan $mode: the container is as before" /run/netns/c1 "$inside"
    ip netns del c2 && ip netns add c2 && ip -n c2 link set lo up
    does "ipvlan $mode: gc of one that is gone" lh gc
    grep -q 'c2.* gone' "$work/out" && ok "ipvlan $mode: gc names it" || not_ok "ipvlan $mode: gc names it" "$(cat "$work/out")"
    does "ipvlan $mode: rm" lh network rm lan
    as_before "ipvlan $mode: the host is as before" /run/netns/knoten "$before"
}

ipvlans() {
    knoten_up
    ipvlan l2 --subnet 198.51.100.0/24 --gateway 198.51.100.1 --subnet 2001:db8:5::/64 --gateway 2001:db8:5::1
    ip -n welt route add 10.66.0.0/24 via 198.51.100.2 && ip -n welt route add fd66::/64 via 2001:db8:5::2
    ipvlan l3 --subnet 10.66.0.0/24 --subnet fd66::/64
    ipvlan l3s --subnet 10.66.0.0/24 --subnet fd66::/64
    knoten_down
}

# VLANs: c1 and c2 in 10, c3 in 20, c4 in the gateway's
vlans() {
    knoten_up
    local n got before=$work/knoten-vlan
    state_of /run/netns/knoten >"$before"
    does "vlan: create" lh network create web --subnet 10.88.0.0/24 --subnet fd88::/64 || return
    does "vlan: connect" lh connect netns:c1 --network web --vlan 10
    does "vlan: connect a second" lh connect netns:c2 --network web --vlan 10
    does "vlan: connect one of another VLAN" lh connect netns:c3 --network web --vlan 20
    does "vlan: connect one of none" lh connect netns:c4 --network web
    for n in c1 c2 c3 c4; do settle $n; done
    is "vlan: the bridge keeps them apart" 1 "$(ip -n knoten -d -j link show lh-web | jq '.[0].linkinfo.info_data.vlan_filtering')"
    got=$(bridge -n knoten -j vlan show | jq -r '[.[] | select(.ifname != "lh-web") | .vlans | map("\(.vlan) \(.flags | join("+"))") | join(",")] | sort | join("; ")')
    is "vlan: each port's" "1 PVID+Egress Untagged; 10 PVID+Egress Untagged; 10 PVID+Egress Untagged; 20 PVID+Egress Untagged" "$got"
    flows c1 c2 "$(address_of c2 inet)" "$(address_of c2 inet6)"
    flows c4 knoten 10.88.0.1 fd88::1
    flows c4 welt 198.51.100.1
    for n in c3 c4; do parted c1 $n "$(address_of $n inet)" "$(address_of $n inet6)"; done
    parted c3 c4 "$(address_of c4 inet)" "$(address_of c4 inet6)"
    parted c4 c1 "$(address_of c1 inet)" "$(address_of c1 inet6)"
    parted c1 knoten 10.88.0.1 fd88::1
    is "vlan: no way out is promised" "" "$(ip -n c1 route show default; ip -n c1 -6 route show default)"
    does "vlan: nothing to repair" lh repair --check
    local port
    port=$(bridge -n knoten -j vlan show | jq -r '.[] | select(.vlans[0].vlan == 20).ifname')
    bridge -n knoten vlan del dev "$port" vid 20 && bridge -n knoten vlan add dev "$port" vid 1 pvid untagged
    does "vlan: repair of a port that lost its VLAN" lh repair
    is "vlan: mended" "20 PVID+Egress Untagged" "$(bridge -n knoten -j vlan show dev "$port" | jq -r '.[0].vlans | map("\(.vlan) \(.flags | join("+"))") | join(",")')"
    for n in c1 c2 c3 c4; do does "vlan: disconnect $n" lh disconnect $n --network web; done
    does "vlan: rm" lh network rm web
    as_before "vlan: the host is as before" /run/netns/knoten "$before"

    # a bridge that is somebody else's
    ip -n knoten link add br7 type bridge && ip -n knoten link set br7 up
    does "vlan: create on a bridge of others" lh network create andere --bridge br7 --subnet 10.89.0.0/24
    refuses "vlan_filtering 1" lh connect netns:c1 --network andere --vlan 10
    ip -n knoten link set br7 type bridge vlan_filtering 1 vlan_default_pvid 5
    does "vlan: connect there" lh connect netns:c1 --network andere --vlan 10
    got=$(bridge -n knoten -j vlan show | jq -r '[.[] | select(.ifname != "br7") | .vlans | map("\(.vlan)") | join(",")] | join(";")')
    is "vlan: its own only, not the bridge's usual one" 10 "$got"
    does "vlan: disconnect there" lh disconnect c1 --network andere
    does "vlan: rm there" lh network rm andere
    knoten_down
}

# A network card of the guest's own goes to a container and outlives it: the kernel sends it home.
nic_of() { ip -j link | jq -r ".[] | select(.address == \"$1\").ifname"; }
is_home() { [ -n "$(nic_of "$1")" ]; }
card() { # card KIND MAC OTHER_MAC
    local kind=$1 mac=$2 name other before=$work/card-$1 host=/proc/self/ns/net got
    ip netns add welt && ip netns add c1 && ip -n c1 link set lo up && ip -n welt link set lo up
    name=$(nic_of "$mac") other=$(nic_of "$3")
    ip link set "$other" netns welt && ip -n welt link set "$other" name wan0 up
    ip link set "$name" down && ip link set "$name" name nic7 mtu 1400 up
    ip addr add 192.0.2.7/24 dev nic7 && ip addr add 2001:db8::7/64 dev nic7 nodad
    ip route add 203.0.113.0/24 via 192.0.2.1 metric 7 && ip -6 route add 2001:db8:7::/64 via 2001:db8::1
    ip -n welt link set wan0 mtu 1400
    ip -n welt addr add 192.0.2.1/24 dev wan0 && ip -n welt addr add 2001:db8::1/64 dev wan0 nodad
    ip -n welt addr add 203.0.113.7/32 dev lo && ip -n welt addr add 2001:db8:7::7/128 dev lo
    ip link add eth0 type veth peer name eth1 # the names that the card would have when it comes home
    until_true sh -c 'ip -j link show nic7 | grep -q LOWER_UP'
    until_true sh -c '! ip -6 addr show dev nic7 tentative | grep -q .'
    nft add table inet fremd && nft delete table inet fremd
    state_of $host >"$before"

    does "$kind: create" home network create phys --driver attach
    does "$kind: connect" home connect netns:c1 --network phys --link nic7
    until_true sh -c 'ip -n c1 -j link show eth0 | grep -q LOWER_UP'
    is "$kind: it is inside" "$mac 1400" "$(ip -n c1 -j link show eth0 | jq -r '.[0] | "\(.address) \(.mtu)"')"
    is "$kind: and not outside" "" "$(nic_of "$mac")"
    flows c1 welt 192.0.2.1 2001:db8::1
    flows welt c1 192.0.2.7 2001:db8::7
    does "$kind: disconnect" home disconnect c1 --network phys
    as_before "$kind: the host is as before" $host "$before"

    local way keeper
    for way in gc disconnect connect; do
        does "$kind: connect again" home connect netns:c1 --network phys --link nic7 --mac 02:00:00:00:00:77
        nsenter --net=/run/netns/c1 -- sleep 4 & # whoever is still in it when its name is gone: so long the card is nowhere
        keeper=$!
        ip netns del c1
        ip netns add c1 && ip -n c1 link set lo up
        # nobody waits for the card here: it is lasthop that must not be too early
        case $way in
        gc) does "$kind: gc after its container's end" home gc ;;
        disconnect) does "$kind: disconnect after its container's end" home disconnect c1 --network phys ;;
        connect)
            does "$kind: its successor takes it over" home connect netns:c1 --network phys --link nic7
            flows c1 welt 192.0.2.1 2001:db8::1
            does "$kind: disconnect the successor" home disconnect c1 --network phys
            ;;
        esac
        wait $keeper
        as_before "$kind, $way: the host is as before" $host "$before"
    done

    does "$kind: rm" home network rm phys
    as_before "$kind, rm: the host is as before" $host "$before"
    ip link del eth0
    ip link set nic7 down && ip addr flush dev nic7 && ip link set nic7 mtu 1500
    ip -n welt link set wan0 down && ip -n welt link set wan0 netns 1
    ip netns del c1 && ip netns del welt
    rm -rf "$LASTHOP_STATE" "$LASTHOP_RUN"
}
cards() {
    card e1000 52:54:00:00:00:0a 52:54:00:00:00:0b
    card virtio 52:54:00:00:00:0b 52:54:00:00:00:0a
}

# What this kernel has as modules that nobody loaded, and one protocol more: a helper of connection tracking, and SCTP
modules() {
    knoten_up
    does "modules: create" lh network create web --subnet 10.88.0.0/24 --subnet fd88::/64 || return
    does "modules: connect" lh connect netns:c1 --network web
    settle c1
    refuses "modprobe nf_nat_ftp" lh publish c1 2121:21 --helper ftp
    modprobe nf_nat_ftp
    does "modules: a helper whose modules are loaded" lh publish c1 2121:21 --helper ftp
    in_ns knoten nft list ruleset | grep -q 'ct helper set "ftp"' && ok "modules: its rule" || not_ok "modules: its rule" "there is none"
    if modprobe sctp && command -v python3 >/dev/null; then
        does "modules: publish SCTP" lh publish c1 9899:99/sctp
        nsenter --net=/run/netns/c1 -- timeout 60 python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 132)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("::", 99)); s.listen()
while True:
    c, a = s.accept(); c.sendall(a[0].replace("::ffff:", "").encode()); c.close()' &
        services="$services $!"
        until_true sh -c 'ss -N c1 -Hln --sctp | grep -q :99'
        local got
        for address in 198.51.100.2 2001:db8:5::2; do
            got=$(nsenter --net=/run/netns/welt -- timeout 10 python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_STREAM, 132)
s.connect((sys.argv[1], 9899)); print(s.recv(100).decode())' $address 2>&1 | tail -n 1)
            is "modules: SCTP through the published port, $address" "$(sed 's/::2$/::1/; s/2$/1/' <<<$address)" "$got"
        done
        does "modules: unpublish SCTP" lh unpublish c1 9899/sctp
        in_ns knoten conntrack -L -p sctp 2>/dev/null | grep -q 9899 && not_ok "modules: no SCTP connection outlives its port" "$(in_ns knoten conntrack -L -p sctp)" || ok "modules: no SCTP connection outlives its port"
    else
        echo "SKIP modules: SCTP through a published port: no module sctp, or no python3 that would speak it"
    fi
    knoten_down
}

# A table of connections whose size may be changed, as the guest is a machine of its own
tracking() {
    local key=net.netfilter.nf_conntrack_max ask="netns:lab-container 39.106.233.176"
    sysctl -qw $key=2000
    does "tracking: lab up" home lab up bridge || return
    works lab-container 39.106.233.176 && ok "tracking: it works" || not_ok "tracking: it works" "no answer"
    does "tracking: the table is full" home lab break conntrack-full
    is "tracking: full" 2000 "$(nsenter --net=/run/netns/lab-node cat /proc/sys/net/netfilter/nf_conntrack_count)"
    works lab-container 39.106.233.176 && not_ok "tracking: it is broken" "it answers" || ok "tracking: it is broken"
    does "tracking: mended" home diagnose $ask --fix --yes --format json
    is "tracking: the cause" conntrack-full "$(jq -r .cause.id "$work/out")"
    is "tracking: the change" "sysctl -w $key=4000" "$(jq -r '.changes[].commands[]' "$work/out")"
    is "tracking: what takes it back" "sysctl -w $key=2000" "$(jq -r '.changes[].undo[]' "$work/out")"
    is "tracking: the maximum" 4000 "$(cat /proc/sys/net/netfilter/nf_conntrack_max)"
    works lab-container 39.106.233.176 && ok "tracking: it works again" || not_ok "tracking: it works again" "no answer"
    does "tracking: lab down" home lab down
}

echo "on kernel $(uname -r)"
case $only in
all) vlans; ipvlans; cards; modules; tracking ;;
*) $only ;;
esac
echo "the guest is done after $(cut -d. -f1 /proc/uptime) s"
