package dev.lasthop.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.route.LinkMessage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A namespace's settings: the global ones from {@code /proc/sys}, those of each device from the arrays in its link message, so that
 * no file is opened for a device.
 */
final class SysctlSource {
    static final String FILES = "proc/sys";

    private static final Path ROOT = Path.of("/proc/sys");

    /** {@code IPV4_DEVCONF_*} (include/uapi/linux/ip.h) in order, from 1, by the names of their files. */
    private static final List<String> IPV4 = words("""
            forwarding mc_forwarding proxy_arp accept_redirects secure_redirects send_redirects shared_media rp_filter
            accept_source_route bootp_relay log_martians tag arp_filter medium_id disable_xfrm disable_policy force_igmp_version
            arp_announce arp_ignore promote_secondaries arp_accept arp_notify accept_local src_valid_mark proxy_arp_pvlan
            route_localnet igmpv2_unsolicited_report_interval igmpv3_unsolicited_report_interval ignore_routes_with_linkdown
            drop_unicast_in_l2_multicast drop_gratuitous_arp bc_forwarding arp_evict_nocarrier""");

    /** {@code DEVCONF_*} (include/uapi/linux/ipv6.h) in order, from 0; a dash where the array's unit is not the file's. */
    private static final List<String> IPV6 = words("""
            forwarding hop_limit mtu accept_ra accept_redirects autoconf dad_transmits router_solicitations - - use_tempaddr
            temp_valid_lft temp_prefered_lft regen_max_retry max_desync_factor max_addresses force_mld_version accept_ra_defrtr
            accept_ra_pinfo accept_ra_rtr_pref - accept_ra_rt_info_max_plen proxy_ndp optimistic_dad accept_source_route
            mc_forwarding disable_ipv6 accept_dad force_tllao ndisc_notify - - suppress_frag_ndisc accept_ra_from_local
            use_optimistic accept_ra_mtu - use_oif_addrs_only accept_ra_min_hop_limit ignore_routes_with_linkdown
            drop_unicast_in_l2_multicast drop_unsolicited_na keep_addr_on_down - seg6_enabled seg6_require_hmac enhanced_dad
            addr_gen_mode disable_policy accept_ra_rt_info_min_plen ndisc_tclass rpl_seg_enabled ra_defrtr_metric ioam6_enabled
            ioam6_id - ndisc_evict_nocarrier accept_untracked_na accept_ra_min_lft force_forwarding""");

    private static final List<String> GLOBAL = words("""
            net/ipv4/ip_forward net/ipv4/ip_default_ttl net/ipv4/ip_no_pmtu_disc net/ipv4/ip_forward_use_pmtu
            net/ipv4/ip_local_port_range net/ipv4/ip_local_reserved_ports net/ipv4/ip_nonlocal_bind net/ipv4/ip_unprivileged_port_start
            net/ipv4/ip_early_demux net/ipv4/fwmark_reflect net/ipv4/fib_multipath_hash_policy net/ipv4/fib_multipath_use_neigh
            net/ipv4/icmp_echo_ignore_all net/ipv4/icmp_echo_ignore_broadcasts net/ipv4/icmp_ratelimit net/ipv4/icmp_ratemask
            net/ipv4/icmp_errors_use_inbound_ifaddr net/ipv4/ping_group_range net/ipv4/nexthop_compat_mode
            net/ipv4/tcp_mtu_probing net/ipv4/tcp_ecn net/ipv4/tcp_timestamps net/ipv4/tcp_syncookies net/ipv4/tcp_max_syn_backlog
            net/ipv4/tcp_l3mdev_accept net/ipv4/udp_l3mdev_accept net/ipv4/tcp_abort_on_overflow
            net/ipv4/neigh/default/gc_thresh1 net/ipv4/neigh/default/gc_thresh2 net/ipv4/neigh/default/gc_thresh3
            net/ipv6/neigh/default/gc_thresh3 net/ipv6/bindv6only net/ipv6/ip_nonlocal_bind net/ipv6/route/max_size
            net/ipv6/icmp/echo_ignore_all net/ipv6/icmp/ratelimit net/ipv6/fwmark_reflect
            net/bridge/bridge-nf-call-iptables net/bridge/bridge-nf-call-ip6tables net/bridge/bridge-nf-call-arptables
            net/bridge/bridge-nf-filter-vlan-tagged net/bridge/bridge-nf-pass-vlan-input-dev
            net/netfilter/nf_conntrack_max net/netfilter/nf_conntrack_count net/netfilter/nf_conntrack_buckets
            net/netfilter/nf_conntrack_tcp_be_liberal net/netfilter/nf_conntrack_tcp_loose net/netfilter/nf_conntrack_checksum
            net/netfilter/nf_conntrack_helper net/netfilter/nf_conntrack_acct net/netfilter/nf_hooks_lwtunnel
            net/core/somaxconn net/core/rmem_default""");

    private static final List<String> ALL_IPV4 = words("""
            forwarding rp_filter accept_local route_localnet proxy_arp arp_ignore arp_announce arp_filter arp_accept
            accept_source_route src_valid_mark log_martians send_redirects accept_redirects shared_media drop_gratuitous_arp
            drop_unicast_in_l2_multicast ignore_routes_with_linkdown bc_forwarding""");

    private static final List<String> DEFAULT_IPV4 = words("forwarding rp_filter");

    private static final List<String> ALL_IPV6 = words(
            "forwarding disable_ipv6 proxy_ndp accept_ra ignore_routes_with_linkdown drop_unicast_in_l2_multicast");

    private static final List<String> DEFAULT_IPV6 = words("forwarding disable_ipv6 accept_dad accept_ra");

    private SysctlSource() {}

    static void record(ProcFiles files, SourceSink sink) {
        var text = new StringBuilder();
        GLOBAL.forEach(path -> append(path, text, files, sink));
        ALL_IPV4.forEach(name -> append("net/ipv4/conf/all/" + name, text, files, sink));
        DEFAULT_IPV4.forEach(name -> append("net/ipv4/conf/default/" + name, text, files, sink));
        ALL_IPV6.forEach(name -> append("net/ipv6/conf/all/" + name, text, files, sink));
        DEFAULT_IPV6.forEach(name -> append("net/ipv6/conf/default/" + name, text, files, sink));
        sink.put(FILES, Bytes.of(text.toString().getBytes(UTF_8)));
    }

    /** A setting that this kernel does not have is left out; one that may not be read is a gap. */
    private static void append(String path, StringBuilder text, ProcFiles files, SourceSink sink) {
        try {
            files.read(ROOT.resolve(path))
                    .ifPresent(value -> text.append(path)
                            .append('=')
                            .append(new String(value, UTF_8).strip())
                            .append('\n'));
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
