# A container's network built by hand with ip and nft, under names that nothing else in this repository uses. Sourced by the acceptance
# scripts, each of which runs in network and mount namespaces of its own (./check sees to that).
#
#   kiste (container)          knoten (node)                         welt (outside)
#   if0 10.77.0.9/24  ------  vk1 - br-x 10.77.0.1/24   up0  ------  wan0 198.51.100.1/24, 203.0.113.7/32
#       fd77::9/64                       fd77::1/64     198.51.100.2/24, 2001:db8:5::2/64    2001:db8:5::1/64
#   nachbar (a second container on br-x): if0 10.77.0.10/24
set -u
lasthop=${LASTHOP:-$(cd "$(dirname "$0")/.." && pwd)/lasthop}
passed=0 failed=0
work=$(mktemp -d) && trap 'stop_services; rm -rf "$work"' EXIT
services=""

build() {
    for n in kiste knoten welt nachbar; do ip netns add $n && ip -n $n link set lo up; done
    ip -n knoten link add br-x type bridge && ip -n knoten link set br-x up
    attach kiste 10.77.0.9/24 fd77::9/64 vk1
    attach nachbar 10.77.0.10/24 fd77::10/64 vk2
    ip -n knoten addr add 10.77.0.1/24 dev br-x && ip -n knoten addr add fd77::1/64 dev br-x nodad
    ip -n knoten link add up0 type veth peer name wan0 netns welt
    ip -n knoten link set up0 up && ip -n welt link set wan0 up
    ip -n knoten addr add 198.51.100.2/24 dev up0 && ip -n knoten addr add 2001:db8:5::2/64 dev up0 nodad
    ip -n welt addr add 198.51.100.1/24 dev wan0 && ip -n welt addr add 2001:db8:5::1/64 dev wan0 nodad
    ip -n welt addr add 203.0.113.7/32 dev lo
    ip -n knoten route add default via 198.51.100.1 && ip -n knoten route add default via 2001:db8:5::1
    in_ns knoten sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    in_ns knoten nft add table inet haus
    in_ns knoten nft add chain inet haus nachher '{ type nat hook postrouting priority srcnat ; }'
    in_ns knoten nft add rule inet haus nachher ip saddr 10.77.0.0/24 oifname up0 masquerade
    in_ns knoten nft add rule inet haus nachher ip6 saddr fd77::/64 oifname up0 masquerade
}

# attach NAMESPACE ADDRESS4 ADDRESS6 HOST_END
attach() {
    ip -n "$1" link add if0 type veth peer name "$4" netns knoten
    ip -n knoten link set "$4" master br-x up
    ip -n "$1" link set if0 up && ip -n "$1" addr add "$2" dev if0 && ip -n "$1" addr add "$3" dev if0 nodad
    ip -n "$1" route add default via 10.77.0.1 && ip -n "$1" route add default via fd77::1
}

teardown() {
    stop_services
    for n in kiste knoten welt nachbar andere; do ip netns del $n 2>/dev/null; done
}

in_ns() { local n=$1; shift; nsenter --net=/run/netns/"$n" -- "$@"; }
serve() { # serve NAMESPACE ADDRESS PORT: a TCP listener
    nsenter --net=/run/netns/"$1" -- nc -lk "$2" "$3" >/dev/null 2>&1 </dev/null &
    services="$services $!"
    for _ in $(seq 100); do in_ns "$1" ss -Hltn "sport = $3" | grep -q . && return; sleep 0.02; done
}
stop_services() { for p in $services; do kill "$p" 2>/dev/null && wait "$p" 2>/dev/null; done; services=""; }

# works SOURCE DESTINATION: by ping, or by a TCP connection where the destination has a port
works() {
    case $2 in
    *:*:*) in_ns "$1" ping -n -c 1 -W 1 "$2" >/dev/null 2>&1 ;;
    *:*) in_ns "$1" nc -z -w 1 "${2%:*}" "${2##*:}" >/dev/null 2>&1 ;;
    *) in_ns "$1" ping -n -c 1 -W 1 ${SIZE:+-M do -s $((SIZE - 28))} "$2" >/dev/null 2>&1 ;;
    esac
}

ok() { passed=$((passed + 1)); echo "ok   $1"; }
not_ok() { failed=$((failed + 1)); echo "FAIL $1: $2"; }

# expect NAME SOURCE DESTINATION VERDICT CAUSE [DIRECTION] [LAST_HOP "namespace interface direction"] [options…]
expect() {
    local name=$1 source=$2 destination=$3 verdict=$4 cause=$5 direction=${6:-} last=${7:-}
    shift 7 2>/dev/null || shift $#
    "$lasthop" diagnose "netns:$source" "$destination" --format json "$@" >"$work/report.json" 2>"$work/err"
    local code=$? want=1
    [ "$verdict" = healthy ] && want=0
    local got
    got=$(jq -r '[.verdict, (.cause.id // "none")] | join(" ")' "$work/report.json" 2>/dev/null)
    [ "$got" = "$verdict $cause" ] || { not_ok "$name" "wanted $verdict $cause, got '$got' (exit $code) $(head -c 300 "$work/err")"; return 1; }
    [ $code = $want ] || { not_ok "$name" "exit code $code, wanted $want"; return 1; }
    if [ -n "$direction" ]; then
        got=$(jq -r .direction "$work/report.json")
        [ "$got" = "$direction" ] || { not_ok "$name" "direction $got, wanted $direction"; return 1; }
    fi
    if [ -n "$last" ]; then
        got=$(jq -r '.lastHop | [.namespace, .interface, .direction] | join(" ")' "$work/report.json")
        [ "$got" = "netns:$last" ] || { not_ok "$name" "last hop $got, wanted netns:$last"; return 1; }
    fi
    ok "$name"
}

# mends NAME SOURCE DESTINATION [options…]: --fix says fixed, and traffic really flows
mends() {
    local name=$1 source=$2 destination=$3
    shift 3
    "$lasthop" diagnose "netns:$source" "$destination" --fix --yes --format json "$@" >"$work/fix.json" 2>"$work/err"
    [ "$(jq -r .fixed "$work/fix.json" 2>/dev/null)" = true ] || { not_ok "$name mended" "fixed is not true: $(head -c 300 "$work/err")"; return 1; }
    works "$source" "$destination" || { not_ok "$name mended" "it still does not work"; return 1; }
    ok "$name mended"
}

# broken NAME SOURCE DESTINATION: the injection must really break traffic, or the test proves nothing
broken() { ! works "$2" "$3" || { not_ok "$1" "the injected fault does not break traffic"; return 1; }; }

# fault NAME SOURCE DESTINATION VERDICT CAUSE DIRECTION LAST_HOP INJECTION…: build, see it healthy, break, diagnose, mend, see it healthy
fault() {
    local name=$1 source=$2 destination=$3 verdict=$4 cause=$5 direction=$6 last=$7
    shift 7
    build
    [ -z "${PREPARE:-}" ] || $PREPARE
    works "$source" "$destination" || works "$source" "$destination" || not_ok "$name" "the network does not work before the injection"
    "$@"
    if broken "$name" "$source" "$destination"; then
        if expect "$name" "$source" "$destination" "$verdict" "$cause" "$direction" "$last" ${SIZE:+--size $SIZE}; then
            [ -n "${NOFIX:-}" ] || mends "$name" "$source" "$destination" ${SIZE:+--size $SIZE}
        fi
    fi
    teardown
}

# Which cases run: a sample, as tests in cli/src/test prove the same faults and more; with the argument "all" every one, else those whose
# cause or name it is.
wanted=${1:-}
sample() { [ "$wanted" = "" ] || [ "$wanted" = all ] || [ "$wanted" = "$5" ] || [ "$wanted" = "$1" ] || return 0; fault "$@"; }
more() { [ -z "$wanted" ] || sample "$@"; }

summary() { echo "$passed passed, $failed failed"; [ $failed = 0 ]; }
