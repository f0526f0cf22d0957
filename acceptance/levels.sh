#!/bin/bash
# The levels of observation where /proc and /sys are not what they should be, and the answers of someone who lacks rights. Every case is the
# lecture's: ip_forward is 0 in the node. Run by ./check in network and mount namespaces of its own.
. "$(dirname "$0")/network.sh"
world=203.0.113.7
ask="diagnose netns:kiste $world --format json"

pass() { passed=$((passed + 1)); echo "ok   $1"; }
bad() { failed=$((failed + 1)); echo "FAIL $1: $2"; }

# answers NAME "CODE VERDICT CAUSE LEVEL" COMMAND…: what the command's one JSON document says
answers() {
    local name=$1 wanted=$2 said code
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    said="$code $(jq -r '"\(.verdict) \(.cause.id) \(.observation)"' "$work/out" 2>&1)"
    if [ "$said" = "$wanted" ]; then pass "$name"; else bad "$name" "wanted $wanted, got $said $(head -c 300 "$work/err")"; fi
}

# lacks NAME "CAP_A CAP_B" COMMAND…: exit code 3, the rights that are missing, and what works without them
lacks() {
    local name=$1 wanted=$2 said code
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    said="$code $(jq -r '.error | "\(.missing | join(" ")) \(.works | length > 0) \(.next != "")"' "$work/out" 2>&1)"
    if [ "$said" = "3 $wanted true true" ]; then pass "$name"; else bad "$name" "wanted 3 $wanted true true, got $said $(head -c 300 "$work/out")"; fi
}

without() { setpriv --bounding-set="$1" --inh-caps=-all "$lasthop" "${@:2}"; }
nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$lasthop" "$@"; }
mounted() { unshare --mount --propagation private sh -c "$1; exec \"\$@\"" sh "${@:2}"; } # mounted COMMANDS COMMAND…

build
in_ns knoten sysctl -qw net.ipv4.ip_forward=0
found="1 dropped ip-forward-disabled"
for level in bpf perf taps; do
    answers "$level: as it is" "$found $level" "$lasthop" $ask --observe $level
    answers "$level: ip netns exec" "$found $level" ip netns exec kiste "$lasthop" diagnose host $world --format json --observe $level
    answers "$level: /sys hidden" "$found $level" mounted "mount -t tmpfs none /sys" "$lasthop" $ask --observe $level
    answers "$level: /proc shows processes only" "$found $level" mounted "mount -t proc -o subset=pid proc /proc" \
        "$lasthop" $ask --observe $level
    answers "$level: /proc and /sys read-only" "$found $level" \
        mounted "mount --rbind /proc /proc; mount -o remount,bind,ro /proc; mount --bind /sys /sys; mount -o remount,bind,ro /sys" \
        "$lasthop" $ask --observe $level
done
answers "no BTF" "$found perf" mounted "mount --bind /dev/null /sys/kernel/btf/vmlinux" "$lasthop" $ask
printf '0000000000000000 T zero\n' >"$work/zeros"
answers "no names in kallsyms, by perf" "$found perf" mounted "mount --bind $work/zeros /proc/kallsyms" "$lasthop" $ask --observe perf
answers "a process namespace of its own" "$found bpf" unshare -mpf --mount-proc "$lasthop" $ask

lacks "no CAP_NET_RAW" CAP_NET_RAW without -net_raw $ask
lacks "no CAP_SYS_ADMIN" CAP_SYS_ADMIN without -sys_admin $ask
answers "no CAP_NET_ADMIN: the firewall is not read" "$found bpf" without -net_admin $ask
answers "no CAP_SYSLOG" "$found bpf" without -syslog $ask
answers "no CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN, from inside: what is beyond is not known" "4 no-reply null taps" \
    ip netns exec kiste setpriv --bounding-set=-sys_admin,-bpf,-perfmon --inh-caps=-all "$lasthop" diagnose host $world --format json
in_ns knoten nft add table ip schranke
in_ns knoten nft add chain ip schranke durch '{ type filter hook forward priority 0 ; policy drop ; }'
in_ns knoten sysctl -qw net.ipv4.ip_forward=1
answers "a firewall that may not be read is not guessed" "4 dropped null bpf" without -net_admin $ask
all="CAP_NET_ADMIN CAP_NET_RAW CAP_SYS_ADMIN"
if nobody --version >/dev/null 2>&1; then
    lacks "nobody: diagnose" "$all" nobody $ask
    lacks "nobody: trace" "$all" nobody trace host 192.0.2.1 --format json
    lacks "nobody: path" "CAP_NET_ADMIN CAP_SYS_ADMIN" nobody path netns:kiste $world --format json
    lacks "nobody: network create" "CAP_NET_ADMIN CAP_SYS_ADMIN" nobody network create x --subnet 10.99.0.0/24 --format json
    lacks "nobody: lab up" "CAP_NET_ADMIN CAP_SYS_ADMIN" nobody lab up bridge --format json
    lacks "nobody: demo" "$all" nobody demo --format json
    if ip netns exec kiste setpriv --reuid=65534 --regid=65534 --clear-groups "$lasthop" path host $world --format json |
        jq -e '.request.elements | length > 0' >/dev/null; then
        pass "nobody: path host works"
    else
        bad "nobody: path host works" "no hops"
    fi
else
    echo "the folder that Lasthop is in cannot be read by nobody: what nobody may do is not tried"
fi
teardown
echo "$passed passed, $failed failed"
[ $failed = 0 ]
