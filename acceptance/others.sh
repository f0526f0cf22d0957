#!/bin/bash
# firewalld's, Docker's and Podman's own rules, bridges and settings, made by the real programs: whatever lasthop does leaves every byte of
# them as it is, and what they do leaves lasthop's. The host is a namespace, knoten; the programs' sockets and state are in folders of this run.
. "$(dirname "$0")/network.sh"
export LASTHOP_STATE=$work/state LASTHOP_RUN=$work/run
pids=""
PATH=$PATH:/usr/sbin:/sbin
missing=""
for pair in firewalld:firewalld firewall-cmd:firewalld dbus-daemon:dbus dockerd:docker.io podman:podman runc:runc busybox:busybox-static; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
[ -z "$missing" ] || { echo "not installed here:$(printf '%s\n' $missing | sort -u | paste -sd' ')"; exit 77; }

cleanup() {
    stop_services
    for p in $(podman_ ps -q --no-trunc 2>/dev/null); do podman_ rm -f -t 0 "$p" >/dev/null 2>&1; done
    for p in $(docker_ ps -aq 2>/dev/null); do docker_ rm -f "$p" >/dev/null 2>&1; done
    for p in $pids; do kill "$p" 2>/dev/null; done
    for p in $pids; do wait "$p" 2>/dev/null; done
    for n in kiste knoten welt; do ip netns del $n 2>/dev/null; done
    awk -v at="$work/" 'index($2, at) == 1 { print $2 }' /proc/self/mounts | sort -r | xargs -r -n1 umount
    rm -rf "$work"
}
trap cleanup EXIT
until_ok() { for _ in $(seq 60); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done; return 1; }
unfit() { echo "$1"; tail -n 1 "$2" | cut -c1-200; exit 77; } # the last line says why

for n in kiste knoten welt; do ip netns add $n && ip -n $n link set lo up; done
ip -n knoten link add up0 type veth peer name wan0 netns welt
ip -n knoten link set up0 up && ip -n welt link set wan0 up
ip -n knoten addr add 198.51.100.2/24 dev up0 && ip -n welt addr add 198.51.100.1/24 dev wan0
ip -n knoten route add default via 198.51.100.1

# The bus and firewalld. /run is this script's own.
mkdir -p /run/dbus /run/firewalld
cat >"$work/bus.conf" <<'X'
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow send_type="signal"/><allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/></policy></busconfig>
X
dbus-daemon --config-file="$work/bus.conf" --nofork --nopidfile >"$work/bus.log" 2>&1 &
pids="$pids $!"
until_ok test -S /run/dbus/system_bus_socket || unfit "no bus:" "$work/bus.log"
mkdir "$work/firewalld"
nsenter --net=/run/netns/knoten -- firewalld --nofork --nopid --system-config "$work/firewalld" --log-target=file --log-file="$work/firewalld.log" >"$work/fw.log" 2>&1 &
pids="$pids $!"
until_ok in_ns knoten firewall-cmd --state || unfit "firewalld does not come up here:" "$work/firewalld.log"
in_ns knoten firewall-cmd -q --add-port=8443/tcp && in_ns knoten firewall-cmd -q --permanent --add-port=8443/tcp
in_ns knoten firewall-cmd -q --zone=public --add-interface=up0
in_ns knoten firewall-cmd -q --add-forward-port=port=8444:proto=tcp:toport=443:toaddr=203.0.113.9

# Docker, with a container that publishes a port, and a network of its own
mkdir -p "$work/rootfs/bin" "$work/docker" && cp "$(command -v busybox)" "$work/rootfs/bin/busybox"
for c in sh sleep httpd; do ln -s busybox "$work/rootfs/bin/$c"; done
tar -C "$work/rootfs" -c . >"$work/busybox.tar"
docker_() { /usr/bin/docker -H "unix://$work/docker/docker.sock" "$@"; }
nsenter --net=/run/netns/knoten -- dockerd --host "unix://$work/docker/docker.sock" --data-root "$work/docker/data" --exec-root "$work/docker/exec" \
    --pidfile "$work/docker/docker.pid" --storage-driver vfs --exec-opt native.cgroupdriver=cgroupfs >"$work/docker.log" 2>&1 &
pids="$! $pids"
until_ok docker_ version || unfit "dockerd does not come up here:" "$work/docker.log"
docker_ import "$work/busybox.tar" bb:1 >/dev/null 2>&1 && docker_ network create --subnet 172.31.9.0/24 extra >/dev/null 2>&1 &&
    docker_ run -d -p 8081:80 bb:1 httpd -f -p 80 >/dev/null 2>"$work/run.log" || unfit "docker cannot run a container here:" "$work/run.log"

# Podman, the same
mkdir -p "$work/podman/networks"
cat >"$work/containers.conf" <<X
[engine]
cgroup_manager="cgroupfs"
events_logger="file"
runtime="runc"
[containers]
default_ulimits=["nofile=1024:1024","nproc=4096:4096"]
log_driver="k8s-file"
[network]
network_backend="$([ -x /usr/lib/podman/netavark ] && echo netavark || echo cni)"
network_config_dir="$work/podman/networks"
X
podman_() {
    CONTAINERS_CONF=$work/containers.conf nsenter --net=/run/netns/knoten -- podman --root "$work/podman/root" --runroot "$work/podman/run" \
        --tmpdir "$work/podman/tmp" --storage-driver vfs "$@"
}
podman_ import "$work/busybox.tar" localhost/bb:1 >/dev/null 2>"$work/podman.log" &&
    podman_ run -d -p 8082:80 localhost/bb:1 httpd -f -p 80 >/dev/null 2>"$work/podman.log" || unfit "podman cannot run a container here:" "$work/podman.log"

# All that is not ours, byte for byte: rules with their handles, links, addresses, routes, policy rules, kernel parameters
others() {
    in_ns knoten nft -s -j list ruleset | jq -c '.nftables[] | select(([.. | objects | .table? // empty] + [.table?.name? // empty] | index("lasthop")) | not)'
    in_ns knoten iptables-save | sed 's/\[[0-9]*:[0-9]*\]//; /^#/d'
    in_ns knoten iptables-legacy-save 2>/dev/null | sed 's/\[[0-9]*:[0-9]*\]//; /^#/d'
    ip -n knoten -j link | jq -c '.[] | select(.ifname | startswith("lh") | not)'
    ip -n knoten -j addr | jq -c '.[] | select(.ifname | startswith("lh") | not) | .addr_info |= map(select(.local | startswith("fe80") | not) | del(.valid_life_time, .preferred_life_time))'
    ip -n knoten -j route show table all | jq -c '.[] | select((.dev | startswith("lh") | not) and (.dst | startswith("fe80") or startswith("ff00") | not))'
    ip -n knoten -j rule
    parameters | grep -v -e forward -e accept_redirects
}
# Forwarding is set to 1 where a network needs it, and back with the last one: looked at then
parameters() { in_ns knoten sysctl -a 2>/dev/null | grep '^net\.' | grep -v -e '\.lh' -e nf_conntrack_count -e stable_secret -e random; }
ours() { in_ns knoten nft -s -j list table inet lasthop | jq -c '.nftables[] | select(.metainfo | not)'; }
# untouched NAME COMMAND…: it does what it should, and all that is others' is as it was
untouched() {
    local name=$1
    shift
    in_ns knoten "$lasthop" "$@" >"$work/out" 2>"$work/err" || { not_ok "$name" "exit code $?: $(head -c 300 "$work/err")"; return 1; }
    for _ in 1 2 3 4 5; do others >"$work/now" && cmp -s "$work/before" "$work/now" && break; sleep 0.3; done
    cmp -s "$work/before" "$work/now" && ok "$name: nothing of theirs is another" ||
        not_ok "$name" "$(diff "$work/before" "$work/now" | cut -c1-300 | head -6 | tr '\n' ' ')"
}
answers() { for _ in 1 2 3 4 5; do in_ns "$1" nc -z -w 1 "$2" "$3" 2>/dev/null && return 0; done; return 1; }

settled() { others >"$work/before" && sleep 0.5 && others | cmp -s "$work/before" -; }
parameters >"$work/parameters"
until_ok settled || not_ok "they have come to rest" "$(others | diff "$work/before" - | head -5 | cut -c1-200)"
grep -q firewalld "$work/before" && grep -q DOCKER "$work/before" && grep -qi -e NETAVARK -e CNI "$work/before" && ok "the rules of all three are there" ||
    not_ok "the rules of all three are there" "$(cut -c1-80 "$work/before" | head -20)"
answers knoten 127.0.0.1 8081 && answers knoten 127.0.0.1 8082 && ok "their published ports answer" || not_ok "their published ports answer" "no"

untouched "network create" network create web --subnet 10.99.0.0/24 --subnet fd99::/64
untouched "connect" connect netns:kiste --network web --publish 8090:80
untouched "publish" publish kiste 9090:90/udp
untouched "repair --check" repair --check
answers knoten 127.0.0.1 8081 && answers knoten 127.0.0.1 8082 && ok "their published ports still answer" || not_ok "their published ports still answer" "no"

ours >"$work/ours"
in_ns knoten firewall-cmd -q --reload
until_ok in_ns knoten firewall-cmd --state
ours | cmp -s "$work/ours" - && ok "firewall-cmd --reload leaves our table" || not_ok "firewall-cmd --reload leaves our table" "$(ours | diff "$work/ours" - | head -3 | cut -c1-200)"
docker_ network create --subnet 172.31.10.0/24 more >/dev/null && docker_ network rm more >/dev/null
podman_ run -d --name short -p 8083:80 localhost/bb:1 httpd -f -p 80 >/dev/null 2>&1 && podman_ rm -f -t 0 short >/dev/null 2>&1
ours | cmp -s "$work/ours" - && ok "so do docker and podman" || not_ok "so do docker and podman" "$(ours | diff "$work/ours" - | head -3 | cut -c1-200)"
until_ok settled # firewalld made its rules anew
untouched "repair finds nothing to do" repair
in_ns knoten nft flush ruleset # whoever does that takes away everybody's
until_ok settled
untouched "repair after a flush brings back our own alone" repair
ours | jq -cS 'del(.. | .handle?)' >"$work/now"
jq -cS 'del(.. | .handle?)' "$work/ours" | cmp -s - "$work/now" && ok "and all of it" || not_ok "and all of it" "$(jq -cS 'del(.. | .handle?)' "$work/ours" | diff - "$work/now" | head -3 | cut -c1-200)"
in_ns knoten firewall-cmd -q --reload
until_ok in_ns knoten firewall-cmd --state
until_ok settled
untouched "unpublish" unpublish kiste 9090/udp
untouched "disconnect" disconnect kiste --network web
untouched "gc" gc
untouched "network rm" network rm web
parameters | cmp -s "$work/parameters" - && ok "all kernel parameters are as they were" ||
    not_ok "all kernel parameters are as they were" "$(parameters | diff "$work/parameters" - | head -6 | tr '\n' ' ')"
in_ns knoten nft list table inet lasthop >/dev/null 2>&1 && not_ok "nothing of ours is left" "our table" || ok "nothing of ours is left"
summary
