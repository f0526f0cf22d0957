package dev.lasthop.topology;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What changed between two snapshots, in lines of text that name the things: {@code netns:node: link eth0: up → down}. */
public final class SnapshotDiff {
    private SnapshotDiff() {}

    /** One change. {@code before} or {@code after} is empty where the thing appeared or went away. */
    public record Change(String namespace, String thing, String before, String after) {
        @Override
        public String toString() {
            if (before.isEmpty()) {
                return namespace + ": " + thing + " is new" + (after.equals(thing) ? "" : ": " + after);
            }
            if (after.isEmpty()) {
                return namespace + ": " + thing + " is gone" + (before.equals(thing) ? "" : ": " + before);
            }
            return "%s: %s: %s → %s".formatted(namespace, thing, before, after);
        }
    }

    /** Changes of configuration, sorted by namespace and thing; counters and what ages by itself do not count. */
    public static List<Change> between(Snapshot earlier, Snapshot later) {
        SortedMap<Long, NamespaceState> before = byInode(earlier);
        SortedMap<Long, NamespaceState> after = byInode(later);
        SortedSet<Long> inodes = new TreeSet<>(before.keySet());
        inodes.addAll(after.keySet());
        var changes = new ArrayList<Change>();
        for (long inode : inodes) {
            NamespaceState old = before.get(inode);
            NamespaceState now = after.get(inode);
            if (old != null && now != null) {
                compare(now.name(), described(old), described(now), changes);
            } else if (now != null) {
                changes.add(new Change(now.name(), "namespace", "", "namespace"));
            } else if (old != null) {
                changes.add(new Change(old.name(), "namespace", "namespace", ""));
            }
        }
        changes.sort(java.util.Comparator.comparing(Change::namespace)
                .thenComparing(Change::thing)
                .thenComparing(Change::before)
                .thenComparing(Change::after));
        return List.copyOf(changes);
    }

    private static SortedMap<Long, NamespaceState> byInode(Snapshot snapshot) {
        SortedMap<Long, NamespaceState> states = new TreeMap<>();
        snapshot.namespaces().forEach(state -> states.put(state.inode(), state));
        return states;
    }

    private static void compare(
            String namespace, SortedMap<String, String> before, SortedMap<String, String> after, List<Change> changes) {
        SortedSet<String> things = new TreeSet<>(before.keySet());
        things.addAll(after.keySet());
        for (String thing : things) {
            String old = before.getOrDefault(thing, "");
            String now = after.getOrDefault(thing, "");
            if (!old.equals(now)) {
                changes.add(new Change(namespace, thing, old, now));
            }
        }
    }

    /** All that counts as configuration: the thing, and how it is. A description is never empty. */
    private static SortedMap<String, String> described(NamespaceState state) {
        SortedMap<String, String> things = new TreeMap<>();
        for (Link link : state.links()) {
            things.put("link " + link.name(), link(state, link));
        }
        for (InterfaceAddress address : state.addresses()) {
            String thing = "address " + address.prefix() + " on " + name(state, address.link());
            things.put(thing, thing);
        }
        for (Route route : state.routes()) {
            things.merge(routeKey(route), route(state, route), (one, other) -> one + ", " + other);
        }
        for (RoutingRule rule : state.rules()) {
            things.merge(
                    "%s rule %d".formatted(rule.family(), rule.priority()),
                    rule(rule),
                    (one, other) -> one + ", " + other);
        }
        describeNeighbors(state, things);
        describeSettings(state, things);
        return things;
    }

    private static void describeNeighbors(NamespaceState state, SortedMap<String, String> things) {
        for (Neighbor neighbor : state.neighbors()) {
            if (neighbor.proxy() || (neighbor.state() & Neighbor.PERMANENT) != 0) {
                things.put(
                        "%s neighbour %s on %s"
                                .formatted(
                                        neighbor.proxy() ? "proxied" : "permanent",
                                        neighbor.address(),
                                        name(state, neighbor.link())),
                        neighbor.mac().map(Object::toString).orElse("present"));
            }
        }
        for (FdbEntry entry : state.fdb()) {
            if (entry.isPermanent()) {
                things.merge(
                        "FDB entry %s on %s".formatted(entry.mac(), name(state, entry.link())),
                        entry.remote().map(IpAddress::toString).orElse("present"),
                        (one, other) -> one + ", " + other);
            }
        }
    }

    private static void describeSettings(NamespaceState state, SortedMap<String, String> things) {
        state.sysctls().values().forEach((path, value) -> {
            if (!path.endsWith("nf_conntrack_count")) {
                things.put("sysctl " + path, value.isEmpty() ? "\"\"" : value);
            }
        });
        for (FirewallTable table : state.firewall().tables()) {
            things.put("firewall table " + state.firewall().tables().indexOf(table), table.toString());
        }
    }

    private static String link(NamespaceState state, Link link) {
        String master = link.master().isNone() ? "" : ", port of " + name(state, link.master());
        return "%s, %s, MTU %d%s%s"
                .formatted(
                        link.isUp() ? "up" : "down",
                        link.carrier() ? "carrier" : "no carrier",
                        link.mtu(),
                        link.mac().map(mac -> ", " + mac).orElse(""),
                        master);
    }

    private static String routeKey(Route route) {
        return "%s route %s in table %d metric %d"
                .formatted(
                        route.family(),
                        route.destination().length() == 0 ? "default" : route.destination(),
                        Integer.toUnsignedLong(route.table()),
                        route.priority());
    }

    private static String route(NamespaceState state, Route route) {
        String hops = route.nextHops().stream()
                .map(hop -> hop.gateway().map(gateway -> "via " + gateway + " ").orElse("") + "dev "
                        + name(state, hop.link())
                        + ((hop.flags() & (Route.NextHop.DEAD | Route.NextHop.LINK_DOWN)) == 0 ? "" : " (dead)"))
                .collect(Collectors.joining(" and "));
        return (route.type().name().toLowerCase(Locale.ROOT) + " " + hops).strip();
    }

    private static String rule(RoutingRule rule) {
        return "from %s to %s mark %x/%x %s table %d"
                .formatted(
                        rule.source(),
                        rule.destination(),
                        rule.mark(),
                        rule.markMask(),
                        rule.action().name().toLowerCase(Locale.ROOT),
                        Integer.toUnsignedLong(rule.table()));
    }

    private static String name(NamespaceState state, IfIndex index) {
        return state.link(index).map(Link::name).orElse("link number " + index);
    }
}
