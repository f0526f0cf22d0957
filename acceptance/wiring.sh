#!/bin/bash
# Networks and connections made by lasthop, judged by ping, nc, ip, nft and sysctl. The host is a namespace too: knoten, with a way out.
. "$(dirname "$0")/network.sh"
export LASTHOP_STATE=$work/state LASTHOP_RUN=$work/run
out=198.51.100.1 out6=2001:db8:5::1

host_up() {
    for n in knoten welt kiste nachbar; do ip netns add $n && ip -n $n link set lo up; done
    ip -n knoten link add up0 type veth peer name wan0 netns welt
    ip -n knoten link set up0 up mtu 1450 && ip -n welt link set wan0 up
    ip -n knoten addr add 198.51.100.2/24 dev up0 && ip -n knoten addr add 2001:db8:5::2/64 dev up0 nodad
    ip -n welt addr add $out/24 dev wan0 && ip -n welt addr add $out6/64 dev wan0 nodad
    ip -n knoten route add default via $out && ip -n knoten route add default via $out6
    in_ns knoten sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
    in_ns knoten nft add table inet fremd # somebody else's, to be left alone
    in_ns knoten nft add chain inet fremd vorwaerts '{ type filter hook forward priority 0 ; policy accept ; }'
    settled knoten
}
# The kernel ends duplicate address detection by itself, a second or two after an address or a carrier came, and adds routes then.
settled() { for _ in $(seq 200); do ip -n "$1" -6 addr show tentative | grep -q . || break; sleep 0.02; done; }

lh() { in_ns knoten "$lasthop" "$@"; }
# What must be the same before and after, bytes for bytes; of the sysctls not what the kernel measures or rolls itself
state_of() {
    local n=$1
    settled "$n"
    ip -n "$n" -j link && ip -n "$n" -j addr && ip -n "$n" -j route show table all && ip -n "$n" -j -6 route show table all && ip -n "$n" -j rule
    in_ns "$n" nft list ruleset
    in_ns "$n" sysctl -a 2>/dev/null | grep '^net\.' | grep -v -e nf_conntrack_count -e stable_secret -e random -e nf_log
}
same() { # same NAME FILE FILE
    if cmp -s "$2" "$3"; then ok "$1"; else not_ok "$1" "$(diff <(tr , '\n' <"$2") <(tr , '\n' <"$3") | head -12 | tr '\n' ' ')"; fi
}
# as_before NAME NAMESPACE FILE: within two seconds, as the kernel tells late that a bridge has lost its last port
as_before() {
    for _ in $(seq 10); do state_of "$2" >"$work/now" && cmp -s "$3" "$work/now" && break; sleep 0.2; done
    same "$1" "$3" "$work/now"
}
# does NAME COMMAND…: exit code 0; its output is in $work/out, what it said in $work/err
does() {
    local name=$1 code
    shift
    lh "$@" >"$work/out" 2>"$work/err"
    code=$?
    [ $code = 0 ] && ok "$name" || { not_ok "$name" "exit code $code: $(head -c 300 "$work/err")"; return 1; }
}
# refuses CODE WORDS COMMAND…: that exit code, those words on standard error, one JSON document with them, and nothing changed
refuses() {
    local code=$1 words=$2 got
    shift 2
    lh "$@" >"$work/out" 2>"$work/err"
    got=$?
    [ $got = "$code" ] || { not_ok "refuses $*" "exit code $got, wanted $code: $(head -c 300 "$work/out" "$work/err")"; return 1; }
    grep -qi -e "$words" "$work/err" || { not_ok "refuses $*" "no '$words' in: $(head -c 300 "$work/err")"; return 1; }
    LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f]' "$work/err" && { not_ok "refuses $*" "a control character was printed"; return 1; }
    ok "refuses ($words): $(printf '%q ' "$@")"
}
pings() { # pings SOURCE DESTINATION…
    local s=$1
    shift
    for d in "$@"; do
        works "$s" "$d" || works "$s" "$d" || works "$s" "$d" && ok "$s pings $d" || not_ok "$s pings $d" "no answer"
    done
}
reaches() { for _ in 1 2 3; do in_ns "$1" nc -z -w 1 "$2" "$3" 2>/dev/null && return 0; done; return 1; }

host_up
state_of knoten >"$work/before" && state_of kiste >"$work/kiste"

does "create --dry-run" network create web --subnet 10.88.0.0/24 --subnet fd88::/64 --dry-run
grep -q '^ip link add name lh-web ' "$work/out" && ok "shows the commands" || not_ok "shows the commands" "$(head -3 "$work/out")"
as_before "a dry run changes nothing" knoten "$work/before"
does "create" network create web --subnet 10.88.0.0/24 --subnet fd88::/64
state_of knoten >"$work/created" && in_ns knoten nft list ruleset >"$work/rules"
does "connect --dry-run" connect netns:kiste --network web --dry-run
as_before "a dry run of connect changes nothing" knoten "$work/created"
does "connect" connect netns:kiste --network web --format json
got=$(jq -r '[.schema, .name, .interface, (.addresses | join(" ")), (.gateways | join(" "))] | join(" ")' "$work/out")
[ "$got" = "lasthop.endpoint/1 kiste eth0 10.88.0.2/24 fd88::2/64 10.88.0.1 fd88::1" ] && ok "says what it did" || not_ok "says what it did" "$got"
[ "$(ip -n kiste -j link show eth0 | jq '.[0].mtu')" = 1450 ] && ok "the uplink's MTU" || not_ok "the uplink's MTU" "$(ip -n kiste link show eth0)"
does "connect with choices" connect nachbar --network web --ip 10.88.0.77 --ip fd88::77 --interface net5 --mac 02:11:22:33:44:55 --publish 8080:80
got=$(ip -n nachbar -j addr show net5 | jq -r '.[0] | [.address, (.addr_info[] | select(.scope == "global") | .local)] | join(" ")')
[ "$got" = "02:11:22:33:44:55 10.88.0.77 fd88::77" ] && ok "as chosen" || not_ok "as chosen" "$got"
pings kiste 10.88.0.77 fd88::77 10.88.0.1 fd88::1 $out $out6
pings nachbar 10.88.0.2 fd88::2

serve nachbar -4 80
reaches welt 198.51.100.2 8080 && ok "outside reaches the published port" || not_ok "outside reaches the published port" "no connection"
serve kiste -6 90
does "publish" publish lasthop:kiste 9090:90
reaches welt 2001:db8:5::2 9090 && ok "outside reaches a port published later, by IPv6" || not_ok "outside reaches a port published later, by IPv6" "no connection"
does "unpublish" unpublish kiste 9090
in_ns welt nc -z -w 1 2001:db8:5::2 9090 2>/dev/null && not_ok "unpublished" "it still answers" || ok "unpublished"

lh ls --format json >"$work/one" && lh ls --format json >"$work/two" && same "ls: same state, same bytes" "$work/one" "$work/two"
got=$(jq -r '[.schema, (.networks | length), (.endpoints | length)] | join(" ")' "$work/one")
[ "$got" = "lasthop.list/1 1 2" ] && ok "ls has all" || not_ok "ls has all" "$got"
does "network ls" network ls && does "network inspect" network inspect web --format json
does "a name that lasthop gave" path lasthop:kiste $out

state_of knoten >"$work/full"
refuses 1 'already' connect netns:kiste --network web
refuses 1 'already' network create web --subnet 10.89.0.0/24
refuses 1 'has it' connect netns:welt --network web --ip 10.88.0.77
refuses 1 'not in' connect netns:welt --network web --ip 10.9.9.9
refuses 1 'overlaps' network create other --subnet 10.88.0.128/25
refuses 1 'overlaps' network create other --subnet 198.51.100.0/25
refuses 1 'there is no network' connect netns:welt --network nix
refuses 2 'no place called' connect netns:nix --network web
refuses 1 'not connected' disconnect netns:welt --network web
refuses 1 'is taken' publish kiste 8080:81
refuses 1 'does not publish' unpublish kiste 7777
refuses 1 'in use' network rm web
refuses 1 'the host itself' connect host --network web
refuses 2 'cannot be called' network create ../x --subnet 10.99.0.0/24
refuses 2 'unknown option' network create -x --subnet 10.99.0.0/24
refuses 2 'cannot be called' network create --subnet 10.99.0.0/24 -- -x
refuses 2 'cannot be called' network create $'a\e[31mb' --subnet 10.99.0.0/24
refuses 2 'cannot be called' network rm ../../etc/passwd
refuses 2 'interface cannot be called' network create other --subnet 10.99.0.0/24 --bridge sixteen-letters-
refuses 2 'interface cannot be called' connect netns:welt --network web --interface $'eth\n0'
refuses 2 'interface cannot be called' connect netns:welt --network web --interface ../eth0
refuses 2 'cannot be called' connect netns:welt --network web --name ../x
refuses 2 'subnet' network create other --subnet 10.99.0.1/24
refuses 2 'subnet' network create other --subnet 10.99.0.0/33
refuses 2 'publish' connect netns:welt --network web --publish 99999:80
as_before "what was refused changed nothing" knoten "$work/full"
lh ls --format json >"$work/two" && same "nor what is on record" "$work/one" "$work/two"

does "disconnect" disconnect nachbar --network web
does "disconnect by the namespace's path" disconnect netns:/run/netns/kiste --network web
in_ns knoten nft list ruleset | cmp -s - "$work/rules" && ok "the rules are as before" || not_ok "the rules are as before" "$(in_ns knoten nft list ruleset | diff "$work/rules" - | head -5)"
[ "$(ip -n knoten -br link | wc -l)" = 3 ] && ok "the links are as before" || not_ok "the links are as before" "$(ip -n knoten -br link)"
for _ in $(seq 50); do ip -n knoten link show lh-web | grep -q 'state DOWN' && break; sleep 0.1; done
state_of knoten >"$work/created" # the kernel keeps the link-local address that a bridge gets with its first port
as_before "so is the container" kiste "$work/kiste"

# Killed in the middle of it, wherever that is: then gc, or the way back. (Each instant is tried by KilledKernelTest; here it is lasthop as
# people start it.) What was begun is taken back or ended: both are right, half of it is not.
killed_in() { # killed_in SECONDS COMMAND…
    local pause=$1 p
    shift
    nsenter --net=/run/netns/knoten -- "$lasthop" "$@" >/dev/null 2>&1 &
    p=$!
    sleep "$pause" # the instant is arbitrary on purpose
    kill -9 $p 2>/dev/null
    wait $p 2>/dev/null
}
lh connect netns:kiste --network web --publish 8080:80 >/dev/null 2>"$work/err" || not_ok "connect before the kills" "$(cat "$work/err")"
started=$(date +%s%N) && lh --version >/dev/null && start=$((($(date +%s%N) - started) / 1000000)) # most of a short life is starting
for part in 3 6 9 13; do
    pause=$(awk "BEGIN { print $start * $part / 6000 }")
    killed_in "$pause" disconnect kiste --network web
    does "gc after a killed disconnect" gc
    lh disconnect kiste --network web >/dev/null 2>&1
    as_before "disconnect killed after $pause s: the host is as before" knoten "$work/created"
    as_before "disconnect killed after $pause s: the container is as before" kiste "$work/kiste"
    killed_in "$pause" connect netns:kiste --network web --publish 8080:80
    lh disconnect kiste --network web >/dev/null 2>&1 # not connected, or connected: both happen
    as_before "connect killed after $pause s: the host is as before" knoten "$work/created"
    as_before "connect killed after $pause s: the container is as before" kiste "$work/kiste"
    [ $part = 13 ] || lh connect netns:kiste --network web --publish 8080:80 >/dev/null 2>&1
done
does "and can be connected" connect netns:kiste --network web
nsenter --net=/run/netns/knoten -- "$lasthop" disconnect kiste --network web >/dev/null 2>&1 &
p=$!
until compgen -G "$LASTHOP_RUN/journal/*.json" >/dev/null || ! kill -0 $p 2>/dev/null; do :; done
kill -9 $p 2>/dev/null
wait $p 2>/dev/null
if compgen -G "$LASTHOP_RUN/journal/*.json" >/dev/null; then # unless it was quicker than its killer
    does "disconnect again after a killed one" disconnect kiste --network web
    grep -q 'had begun' "$work/err" && ok "and it says whose work that was" || not_ok "and it says whose work that was" "$(cat "$work/err")"
fi
does "and can be connected again" connect netns:kiste --network web
got=$(find "$LASTHOP_STATE/networks/web" -name '10.88.*' | wc -l)
[ "$got" = 1 ] && ok "the killed ones hold no address" || not_ok "the killed ones hold no address" "$got leases"

# Many at once, each a process of its own
for i in 1 2 3 4 5 6 7 8; do ip netns add "viele$i"; done
for i in 1 2 3 4 5 6 7 8; do lh connect "netns:viele$i" --network web --publish "$((9100 + i)):80" >"$work/many$i" 2>&1 & eval "p$i=$!"; done
got=0
for i in 1 2 3 4 5 6 7 8; do eval "wait \$p$i" && got=$((got + 1)); done
[ $got = 8 ] && ok "eight connect at once" || not_ok "eight connect at once" "$got did: $(cat "$work"/many*)"
got=$(lh ls --format json | jq -r '[.endpoints[].addresses[]] | (length | tostring) + " " + (unique | length | tostring)')
[ "$got" = "18 18" ] && ok "no address twice" || not_ok "no address twice" "$got"
got=$(in_ns knoten nft -j list map inet lasthop any4 | jq '[.nftables[].map? // empty | .elem[]] | length')
[ "$got" = 8 ] && ok "no port is lost" || not_ok "no port is lost" "$got of 8"
for i in 1 2 3 4 5 6 7 8; do ip netns del "viele$i"; done
does "gc of the many" gc

# The namespace vanishes; the bridge is deleted
stop_services
does "connect before it vanishes" connect netns:nachbar --network web --publish 8080:80
ip netns del nachbar && ip netns add nachbar
does "gc" gc
grep -q 'nachbar.* gone' "$work/out" && ok "gc names what vanished" || not_ok "gc names what vanished" "$(cat "$work/out")"
does "connect its successor" connect netns:nachbar --network web
ip netns del nachbar
does "disconnect what vanished" disconnect nachbar --network web
ip -n knoten link del lh-web && ip netns add nachbar
refuses 1 'could not find bridge' connect netns:nachbar --network web
does "disconnect without the bridge" disconnect kiste --network web
does "rm without the bridge" network rm web
as_before "the host is as before" knoten "$work/before"

does "create a narrow one" network create eng --subnet 10.91.0.0/30
does "its only address" connect netns:kiste --network eng
refuses 1 'address' connect netns:nachbar --network eng
in_ns knoten nft 'add chain inet fremd vorwaerts { policy drop ; }'
does "connect where others drop" disconnect kiste --network eng && does "connect again" connect netns:kiste --network eng
grep -q 'warning: .*fremd vorwaerts' "$work/err" && ok "warns of it" || not_ok "warns of it" "$(cat "$work/err")"
in_ns knoten nft 'add chain inet fremd vorwaerts { policy accept ; }'
does "disconnect" disconnect kiste --network eng
does "rm" network rm eng
as_before "nothing is left on the host" knoten "$work/before"
as_before "nothing is left in the container" kiste "$work/kiste"
got=$(find "$work/state" "$work/run" -type f ! -path "$work/state/lock" | head -5)
[ -z "$got" ] && ok "nothing is left on record" || not_ok "nothing is left on record" "$got"
teardown
summary
