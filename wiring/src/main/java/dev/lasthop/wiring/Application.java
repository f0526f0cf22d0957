package dev.lasthop.wiring;

import dev.lasthop.address.Protocol;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A protocol whose conversations name further connections, by address and port, which have to be translated and let through as well. The
 * kernel's connection tracking has what it calls a helper for each.
 */
public enum Application {
    FTP,
    TFTP;

    /** What its conversations begin over. */
    public Protocol protocol() {
        return switch (this) {
            case FTP -> Protocol.TCP;
            case TFTP -> Protocol.UDP;
        };
    }

    /** @throws WiringException if there is none of that name */
    public static Application parse(String name) {
        return Arrays.stream(values())
                .filter(one -> one.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> WiringException.wrong(Names.shown(name) + " is no helper; there are: "
                        + Arrays.stream(values()).map(Application::toString).collect(Collectors.joining(", "))));
    }

    /** The kernel's name for it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
