package dev.lasthop.diagnosis;

/** The catalogue's chapters. */
public enum Group {
    LINKS("Links and layer 2"),
    ADDRESSES("Addresses and neighbours"),
    ROUTING("Routing and policy"),
    FIREWALL("Firewall and NAT"),
    SIZES("Sizes, fragments, checksums"),
    OVERLAYS("Overlays"),
    SOCKETS("Sockets, resources, names");

    private final String title;

    Group(String title) {
        this.title = title;
    }

    @Override
    public String toString() {
        return title;
    }
}
