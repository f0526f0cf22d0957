#!/bin/bash
# Lasthop's own network when somebody flushes the rules: named as that, put back by --fix, judged by ping and nc. This script's own
# namespace is the host.
. "$(dirname "$0")/network.sh"
world=203.0.113.7
ip netns add welt && ip netns add kiste && ip -n welt link set lo up && ip link set lo up
ip link add up0 type veth peer name wan0 netns welt && ip link set up0 up && ip -n welt link set wan0 up
ip addr add 198.51.100.2/24 dev up0 && ip -n welt addr add 198.51.100.1/24 dev wan0 && ip -n welt addr add $world/32 dev lo
ip route add default via 198.51.100.1
"$lasthop" network create blau --subnet 10.88.0.0/24 >/dev/null && "$lasthop" connect netns:kiste --network blau --publish 8080:80 >/dev/null ||
    not_ok "a network" "cannot be made"
serve kiste 0.0.0.0 80

flush() { nft delete table inet lasthop; }
works kiste $world || works kiste $world || not_ok "before" "the network does not work"
flush
broken "flushed: to the world" kiste $world && expect "flushed: to the world" kiste $world no-reply rules-flushed && mends "flushed: to the world" kiste $world
flush
if broken "flushed: the published port" welt 198.51.100.2:8080; then
    expect "flushed: the published port" welt 198.51.100.2:8080 refused rules-flushed request ""
    mends "flushed: the published port" welt 198.51.100.2:8080
fi
"$lasthop" unpublish netns:kiste 8080 >/dev/null && "$lasthop" publish netns:kiste 127.0.0.1:8080:80 >/dev/null
expect "published on another address" welt 198.51.100.2:8080 refused publish-address request ""
mends "published on another address" welt 198.51.100.2:8080
teardown
summary
