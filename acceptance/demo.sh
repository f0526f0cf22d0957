#!/bin/bash
# The demo: several faults from beginning to end, and what is left after Ctrl-C (nothing) and after kill -9 with lasthop gc (nothing). Run by
# ./check in network and mount namespaces of its own. LASTHOP_FAULTS names the faults, or all.
lasthop=${LASTHOP:-$(cd "$(dirname "$0")/.." && pwd)/lasthop}
faults=${LASTHOP_FAULTS:-masquerade-missing no-interface stale-neighbor pmtu-blackhole publish-stale}
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pass() { passed=$((passed + 1)); echo "ok   $1"; }
bad() { failed=$((failed + 1)); echo "FAIL $1: $2"; }
left() { ip netns list | tr '\n' ' '; ip -o link | grep -v ': lo' | tr '\n' ' '; }
nothing_left() { if [ -z "$(left)" ]; then pass "$1"; else bad "$1" "$(left)"; fi; }

# begun COMMAND…: in the background, until its namespaces are there; its process is $demo
begun() {
    env --default-signal=INT "$lasthop" "$@" >"$work/out" 2>"$work/err" </dev/null &
    demo=$!
    for _ in $(seq 600); do
        [ "$(ip netns list | wc -l)" -ge 3 ] && return
        kill -0 $demo 2>/dev/null || break
        sleep 0.02
    done
    bad "the demo begins" "$(cat "$work/err")"
}

if [ "$faults" = all ]; then
    faults=$("$lasthop" faults --format json | jq -r '.faults[] | select(.lab | length > 0) | .id')
fi
for fault in $faults; do
    "$lasthop" demo --fault "$fault" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    if [ $code = 0 ] && [ -z "$(left)" ] && ! LC_ALL=C.UTF-8 grep -qE '^.{101,}' "$work/out"; then
        pass "$fault"
    else
        bad "$fault" "exit code $code, left: $(left) $(grep -h 'not what the demo' "$work/out") $(head -c 300 "$work/err")"
    fi
done

begun demo
kill -INT $demo
wait $demo
nothing_left "after Ctrl-C"
grep -q "was interrupted" "$work/err" && pass "after Ctrl-C it says so" || bad "after Ctrl-C it says so" "$(cat "$work/err")"

begun demo
kill -9 $demo
wait $demo 2>/dev/null
[ -n "$(left)" ] && pass "kill -9 leaves something" || bad "kill -9 leaves something" "the demo was over before it was killed"
"$lasthop" gc >"$work/out" 2>"$work/err"
nothing_left "after kill -9 and gc"

begun demo
kill -9 $demo
wait $demo 2>/dev/null
"$lasthop" demo >"$work/out" 2>"$work/err" </dev/null && pass "the next demo cleans up as well" || bad "the next demo" "$(tail -n 5 "$work/out")"
nothing_left "after the next demo"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
