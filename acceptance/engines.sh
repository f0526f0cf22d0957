#!/bin/bash
# Containers by their engine's name: real Docker, Podman and containerd, as Debian has them, each in a network namespace of its own.
# Skipped where they are not installed. Run by ./check in network and mount namespaces of its own.
here=$(cd "$(dirname "$0")" && pwd)
lasthop=${LASTHOP:-$here/../lasthop}
passed=0 failed=0 skipped=0
work=$(mktemp -d)
pids=""
finish() {
    for p in $pids; do kill "$p" 2>/dev/null; done
    for p in $pids; do wait "$p" 2>/dev/null; done
    umount -l /run/containerd "$work" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
for program in dockerd podman containerd runc busybox jq; do
    PATH=$PATH:/usr/sbin command -v $program >/dev/null || { echo "$program is not installed"; exit 77; }
done
mount -t tmpfs tmpfs "$work" # overlay file systems and sockets want a real file system, and nothing is left of it

pass() { passed=$((passed + 1)); echo "ok   $1"; }
bad() { failed=$((failed + 1)); echo "FAIL $1: $2"; }
expect() { # expect NAME WANTED SAID
    if [ "$2" = "$3" ]; then pass "$1"; else bad "$1" "wanted $2, got $3 $(head -c 300 "$work/err")"; fi
}
wait_for() { # wait_for COMMAND…: at most 20 s
    for _ in $(seq 400); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done
    return 1
}
report() { "$lasthop" "$@" --format json 2>"$work/err"; }
inode() { stat -Lc %i "/proc/$1/ns/net"; }

mkdir -p "$work/root/bin" && cp "$(command -v busybox)" "$work/root/bin/busybox"
chroot "$work/root" /bin/busybox --install /bin
tar -C "$work/root" -c . >"$work/busybox.tar"

docker_cases() {
    mkdir -p "$work/d"
    ip netns add dockers && ip -n dockers link set lo up
    nsenter --net=/run/netns/dockers unshare --mount --propagation private /usr/sbin/dockerd --host "unix://$work/d/sock" \
        --data-root "$work/d/data" --exec-root "$work/d/exec" --pidfile "$work/d/pid" --storage-driver vfs \
        --exec-opt native.cgroupdriver=cgroupfs >"$work/d/log" 2>&1 &
    pids="$pids $!"
    export DOCKER_HOST=unix://$work/d/sock
    local docker=/usr/bin/docker id pid
    wait_for $docker version || { bad "docker" "dockerd did not come up: $(tail -n 3 "$work/d/log")"; return; }
    $docker import - bb:1 <"$work/busybox.tar" >/dev/null
    id=$($docker run -d --name web -p 8081:80 bb:1 httpd -f -p 80)
    $docker run -d --name gone bb:1 true >/dev/null
    pid=$($docker inspect -f '{{.State.Pid}}' web)
    expect "docker: container to gateway" "healthy docker:web" \
        "$(report diagnose docker:web 172.17.0.1 | jq -r '"\(.verdict) \(.hops[0].namespace)"')"
    expect "docker: by the beginning of the id" "healthy" "$(report diagnose "docker:${id:0:8}" 172.17.0.1 | jq -r .verdict)"
    expect "docker: a bare name" "docker:web" "$(report path web 172.17.0.1 | jq -r .flow.source)"
    expect "docker: the published port, from the engine's own namespace" "healthy" \
        "$(ip netns exec dockers "$lasthop" diagnose host 172.17.0.1:8081 --format json 2>"$work/err" | jq -r .verdict)"
    expect "docker: as a destination" "healthy" \
        "$(report diagnose netns:dockers docker:web:80 | jq -r .verdict)"
    wait_for sh -c "[ \"\$($docker inspect -f '{{.State.Running}}' gone)\" = false ]"
    expect "docker: one that has ended" "1" "$("$lasthop" path docker:gone 172.17.0.1 >/dev/null 2>"$work/err"; echo $?)"
    grep -q "docker:gone is not running" "$work/err" || bad "docker: one that has ended says so" "$(cat "$work/err")"
    ip netns add web
    expect "two of one name" "2" "$("$lasthop" path web 172.17.0.1 >/dev/null 2>"$work/err"; echo $?)"
    grep -q 'docker:web or netns:web' "$work/err" || bad "two of one name are listed" "$(cat "$work/err")"
    ip netns del web
    nsenter --net=/run/netns/dockers sysctl -qw net.ipv4.ip_forward=0
    ip -n dockers addr add 192.0.2.1/32 dev lo
    ip -n dockers link add up0 type veth peer name up1 && ip -n dockers addr add 198.51.100.1/24 dev up0
    ip -n dockers link set up0 up && ip -n dockers link set up1 up
    expect "docker: forwarding off is found" "ip-forward-disabled" \
        "$(report diagnose docker:web 198.51.100.9 | jq -r .cause.id)"
    $docker rm -f web gone >/dev/null 2>&1
    unset DOCKER_HOST
}

podman_cases() {
    mkdir -p /run/containers "$work/p/var" && mkdir -p /var/lib/containers && mount --bind "$work/p/var" /var/lib/containers
    cat >"$work/p/containers.conf" <<'END'
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
log_driver = "k8s-file"
END
    export CONTAINERS_CONF=$work/p/containers.conf
    local podman="podman --storage-driver vfs" pid
    podman --storage-driver vfs import "$work/busybox.tar" localhost/bb:1 >/dev/null 2>"$work/err" || { bad podman "$(cat "$work/err")"; return; }
    $podman run -d --name pod1 --network none localhost/bb:1 sleep 3600 >/dev/null 2>"$work/err" || { bad podman "$(cat "$work/err")"; return; }
    pid=$($podman inspect -f '{{.State.Pid}}' pod1)
    expect "podman: no network" "not-sent no-interface podman:pod1" \
        "$(report diagnose podman:pod1 192.0.2.1 | jq -r '"\(.verdict) \(.cause.id) \(.flow.source)"')"
    expect "podman: a bare name" "podman:pod1" "$(report path pod1 192.0.2.1 | jq -r .flow.source)"
    $podman rm -f -t 0 pod1 >/dev/null 2>&1
    umount -l /var/lib/containers
}

containerd_cases() {
    mkdir -p "$work/c" /run/containerd
    mount -t tmpfs tmpfs /run/containerd
    containerd --root "$work/c/root" --state /run/containerd --address "$work/c/sock" >"$work/c/log" 2>&1 &
    pids="$pids $!"
    local ctr="ctr -a $work/c/sock"
    wait_for $ctr version || { bad containerd "$(tail -n 3 "$work/c/log")"; return; }
    $ctr run -d --rootfs --snapshotter native "$work/root" c1 /bin/sleep 3600 >"$work/err" 2>&1 || { bad containerd "$(cat "$work/err")"; return; }
    expect "containerd: its own namespace" "not-sent containerd:c1" \
        "$(report diagnose containerd:c1 192.0.2.1 | jq -r '"\(.verdict) \(.flow.source)"')"
    $ctr task delete --force c1 >/dev/null 2>&1 # its shim ends with it
    $ctr container delete c1 >/dev/null 2>&1
}

docker_cases
podman_cases
containerd_cases
echo "$passed passed, $failed failed"
[ $failed = 0 ]
