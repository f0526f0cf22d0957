package dev.lasthop.topology;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whose rules these are, guessed from the names that programs are known to give. */
final class FirewallOwner {
    private record Sign(Pattern pattern, String owner) {}

    private static final List<Sign> TABLES = List.of(
            sign("lasthop.*", "lasthop"),
            sign("netavark", "podman"),
            sign("docker-bridges|docker.*", "docker"),
            sign("firewalld.*", "firewalld"),
            sign("kube-proxy|kube.*", "kubernetes"),
            sign("cni_.*|cni", "cni"),
            sign("libvirt_network|libvirt.*", "libvirt"),
            sign("fw4", "openwrt"),
            sign("fail2ban|f2b-.*", "fail2ban"),
            sign("crowdsec.*", "crowdsec"),
            sign("mangle-tailscale|tailscale.*", "tailscale"),
            sign("inet-lxc|lxc|lxd|incus|inetlxd", "lxd"));

    private static final List<Sign> CHAINS = List.of(
            sign("LASTHOP.*|lasthop.*", "lasthop"),
            sign("DOCKER.*", "docker"),
            sign("NETAVARK.*|NETAVARK_.*|nv_[0-9a-f]+_.*", "podman"),
            sign("CNI-.*|CNI_.*", "cni"),
            sign("KUBE-.*", "kubernetes"),
            sign("cali-.*|cali[0-9a-z].*", "calico"),
            sign("CILIUM_.*|OLD_CILIUM_.*", "cilium"),
            sign("FLANNEL-.*", "flannel"),
            sign("WEAVE.*", "weave"),
            sign("ufw6?-.*", "ufw"),
            sign("LIBVIRT_.*|guest_.*|LIBVIRT.*", "libvirt"),
            sign("IN_.*|FWD[IO]?_.*|FORWARD_(direct|IN_ZONES|OUT_ZONES|POLICIES.*)|INPUT_(direct|ZONES)", "firewalld"),
            sign("f2b-.*", "fail2ban"),
            sign("ts-.*", "tailscale"),
            sign("ISTIO_.*", "istio"),
            sign("nixos-fw.*", "nixos"));

    private static final List<Sign> COMMENTS = List.of(
            sign("lasthop.*", "lasthop"),
            sign("cali:.*", "calico"),
            sign("kubernetes .*|.*/.*:.* (cluster IP|loadbalancer IP|has no endpoints).*", "kubernetes"),
            sign("cilium.*", "cilium"),
            sign("flanneld .*", "flannel"),
            sign("name: \".*\" id: \".*\"", "cni"),
            sign("CNI .*|dnat name: .*", "cni"),
            sign("generated for (LXD|Incus) network.*", "lxd"),
            sign("'?dapp_.*", "ufw"));

    private FirewallOwner() {}

    static String of(FirewallTable table) {
        String byComment = first(COMMENTS, table.comment());
        return byComment.isEmpty() ? first(TABLES, table.name()) : byComment;
    }

    static String of(FirewallTable table, FirewallChain chain, Optional<FirewallRule> rule) {
        String byRule = rule.map(r -> first(COMMENTS, r.comment())).orElse("");
        if (!byRule.isEmpty()) {
            return byRule;
        }
        String byTable = of(table);
        if (!byTable.isEmpty()) {
            return byTable;
        }
        String byChain = first(CHAINS, chain.name());
        return byChain.isEmpty() ? first(COMMENTS, chain.comment()) : byChain;
    }

    private static String first(List<Sign> signs, String text) {
        return signs.stream()
                .filter(sign -> !text.isEmpty() && sign.pattern().matcher(text).matches())
                .map(Sign::owner)
                .findFirst()
                .orElse("");
    }

    private static Sign sign(String pattern, String owner) {
        return new Sign(Pattern.compile(pattern), owner);
    }
}
