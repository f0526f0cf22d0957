package dev.lasthop.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.KernelFiles;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.route.LinkMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A namespace's settings: the global ones from {@code /proc/sys}, those of each device from the arrays in its link message, so that
 * no file is opened for a device.
 */
final class SysctlSource {
    static final String FILES = "proc/sys";

    private static final String ROOT = "/proc/sys/";

    /** {@code IPV4_DEVCONF_*} (include/uapi/linux/ip.h) in order, from 1, by the names of their files; a dash: no packet's way depends on it. */
    private static final List<String> IPV4 = words("""
            forwarding - proxy_arp accept_redirects - send_redirects - rp_filter accept_source_route - log_martians - arp_filter
            medium_id disable_xfrm disable_policy - arp_announce arp_ignore - arp_accept - accept_local src_valid_mark
            proxy_arp_pvlan route_localnet - - ignore_routes_with_linkdown drop_unicast_in_l2_multicast drop_gratuitous_arp
            bc_forwarding""");

    /** {@code DEVCONF_*} (include/uapi/linux/ipv6.h) in order, from 0. */
    private static final List<String> IPV6 = words("""
            forwarding hop_limit mtu accept_ra accept_redirects autoconf dad_transmits - - - - - - - - - - - - - - - proxy_ndp - - -
            disable_ipv6 accept_dad - - - - - - - - - - - ignore_routes_with_linkdown drop_unicast_in_l2_multicast
            drop_unsolicited_na keep_addr_on_down - - - - addr_gen_mode disable_policy - - - - - - - - accept_untracked_na -
            force_forwarding""");

    /** Settings that decide about packets; each costs a file's opening, so no others. */
    private static final List<String> GLOBAL = words("""
            net/ipv4/ip_forward net/ipv4/ip_default_ttl net/ipv4/ip_no_pmtu_disc net/ipv4/ip_forward_use_pmtu
            net/ipv4/ip_local_port_range net/ipv4/ip_nonlocal_bind net/ipv4/ip_unprivileged_port_start net/ipv4/fwmark_reflect
            net/ipv4/fib_multipath_hash_policy net/ipv4/icmp_echo_ignore_all net/ipv4/icmp_ratelimit net/ipv4/icmp_ratemask
            net/ipv4/ping_group_range net/ipv4/tcp_mtu_probing net/ipv4/tcp_syncookies net/ipv4/tcp_abort_on_overflow
            net/ipv4/tcp_l3mdev_accept net/ipv4/neigh/default/gc_thresh3 net/ipv6/neigh/default/gc_thresh3 net/ipv6/bindv6only
            net/ipv6/ip_nonlocal_bind net/ipv6/icmp/echo_ignore_all net/bridge/bridge-nf-call-iptables
            net/bridge/bridge-nf-call-ip6tables net/bridge/bridge-nf-call-arptables net/bridge/bridge-nf-filter-vlan-tagged
            net/netfilter/nf_conntrack_max net/netfilter/nf_conntrack_count net/netfilter/nf_conntrack_tcp_be_liberal
            net/netfilter/nf_conntrack_tcp_loose net/core/somaxconn""");

    private static final List<String> ALL_IPV4 = words("""
            forwarding rp_filter accept_local route_localnet proxy_arp arp_ignore arp_announce arp_filter src_valid_mark
            accept_redirects drop_unicast_in_l2_multicast ignore_routes_with_linkdown""");

    private static final List<String> DEFAULT_IPV4 = words("forwarding rp_filter");

    private static final List<String> ALL_IPV6 = words(
            "forwarding disable_ipv6 proxy_ndp accept_ra ignore_routes_with_linkdown drop_unicast_in_l2_multicast");

    private static final List<String> DEFAULT_IPV6 = words("forwarding disable_ipv6 accept_dad accept_ra");

    private SysctlSource() {}

    static void record(KernelFiles files, SourceSink sink) {
        var text = new StringBuilder();
        GLOBAL.forEach(path -> append(path, text, files, sink));
        ALL_IPV4.forEach(name -> append("net/ipv4/conf/all/" + name, text, files, sink));
        DEFAULT_IPV4.forEach(name -> append("net/ipv4/conf/default/" + name, text, files, sink));
        ALL_IPV6.forEach(name -> append("net/ipv6/conf/all/" + name, text, files, sink));
        DEFAULT_IPV6.forEach(name -> append("net/ipv6/conf/default/" + name, text, files, sink));
        sink.put(FILES, Bytes.of(text.toString().getBytes(UTF_8)));
    }

    /** A setting that this kernel does not have is left out; one that may not be read is a gap. */
    private static void append(String path, StringBuilder text, KernelFiles files, SourceSink sink) {
        try {
            files.setting(ROOT + path)
                    .ifPresent(
                            value -> text.append(path).append('=').append(value).append('\n'));
        } catch (KernelException e) {
            sink.gap(FILES + "/" + path, String.valueOf(e.getMessage()));
        }
    }

    static Sysctls decode(Recording recording, List<LinkMessage> links) {
        SortedMap<String, String> values = new TreeMap<>();
        for (LinkMessage link : links) {
            Attributes specific = link.attributes().get(LinkMessage.AF_SPEC).orElse(Attributes.NONE);
            array(
                    specific,
                    LinkMessage.AF_SPEC_INET,
                    LinkMessage.INET_CONF,
                    IPV4,
                    "net/ipv4/conf/" + link.name(),
                    values);
            array(
                    specific,
                    LinkMessage.AF_SPEC_INET6,
                    LinkMessage.INET6_CONF,
                    IPV6,
                    "net/ipv6/conf/" + link.name(),
                    values);
        }
        new String(recording.source(FILES).toArray(), UTF_8).lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return new Sysctls(values);
    }

    private static void array(
            Attributes specific,
            Key<Attributes> family,
            Key<Bytes> key,
            List<String> names,
            String path,
            SortedMap<String, String> values) {
        ByteBuffer in = specific.get(family)
                .flatMap(settings -> settings.get(key))
                .orElse(Bytes.EMPTY)
                .read();
        for (int i = 0; i < names.size() && in.remaining() >= Integer.BYTES; i++) {
            int value = in.getInt();
            if (!names.get(i).equals("-")) {
                values.put(path + "/" + names.get(i), Integer.toString(value));
            }
        }
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }
}
