# Inside the guest of aarch64.sh: lasthop's demo, and the acceptance scripts that need nothing but ip, nft, ping and nc.
export PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd) only=${1:-all}
mount -t tmpfs tmpfs /tmp && mount -t tracefs tracefs /sys/kernel/tracing
# what iptables-legacy would load itself; the rest are the kernel's to load
for module in veth bridge nf_conntrack br_netfilter iptable_filter ip6table_filter; do modprobe $module; done
ip link set lo up
mkdir -p /run/netns /run/bin

# The image is one for the machine that it was built on: here the same classes run on Debian's JDK.
jars=$(ls /sources/cli/target/modules/*.jar /sources/cli/target/lasthop-cli-*.jar | paste -sd :)
cat >/run/bin/lasthop <<END
#!/bin/sh
exec /usr/lib/jvm/java-25-openjdk-arm64/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 $(grep -e ^--enable-native /sources/config/java-options) \
    -p $jars -m dev.lasthop.cli/dev.lasthop.cli.Main "\$@"
END
chmod +x /run/bin/lasthop
export LASTHOP=/run/bin/lasthop

played() { # played FAULT: the demo says itself whether all went as told
    "$LASTHOP" demo --fault "$1" >/tmp/demo 2>&1 && echo "ok   demo of $1" || echo "FAIL demo of $1: exit code $?: $(tail -n 5 /tmp/demo | tr '\n' ' ')"
    [ -z "$(ls /run/netns)" ] && echo "ok   demo of $1 leaves nothing" || echo "FAIL demo of $1 leaves: $(ls /run/netns)"
}
demos() { for fault in ip-forward-disabled forward-rule-drop stale-conntrack; do played $fault; done; }
# script NAME[:WHICH]: its results are among those of this one, but for the sum
script() {
    local which=()
    [[ $1 != *:* ]] || which=("${1#*:}")
    bash "$here/${1%%:*}.sh" "${which[@]}" 2>&1 | grep -v ' passed, '
}

echo "on kernel $(uname -r), $(uname -m)"
case $only in
all) demos && for name in faults firewall levels; do script $name; done ;;
demos) demos ;;
*) script "$only" ;;
esac
echo "the guest is done after $(cut -d. -f1 /proc/uptime) s"
