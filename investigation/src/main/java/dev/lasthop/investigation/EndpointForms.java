package dev.lasthop.investigation;

import java.util.Set;

/** How an endpoint is recognised by its writing alone. */
final class EndpointForms {
    private static final Set<String> KINDS = Set.of("pid", "netns", "docker", "podman", "containerd", "cri", "lasthop");

    private EndpointForms() {}

    /** Whether this is a prefix that a name follows, without its colon. */
    static boolean isKind(String text) {
        return KINDS.contains(text);
    }

    static boolean isPrefixed(String name) {
        int colon = name.indexOf(':');
        return name.equals("host") || colon > 0 && isKind(name.substring(0, colon));
    }
}
