package dev.lasthop.path;

/** The places where the kernel asks the packet filter, {@code enum nf_inet_hooks} and {@code enum nf_dev_hooks}. */
public enum Hook {
    INGRESS,
    PREROUTING,
    INPUT,
    FORWARD,
    OUTPUT,
    POSTROUTING,
    EGRESS;

    /** "forward", as nft writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
