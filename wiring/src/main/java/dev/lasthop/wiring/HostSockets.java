package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.wiring.step.Site;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Who listens on the host, from {@code /proc/net/tcp} and its like. */
final class HostSockets {
    private static final String TCP_LISTEN = "0A";
    private static final String UDP_UNCONNECTED = "07";

    private HostSockets() {}

    /** The address and port that a process listens on and that publishing would take away from it. */
    static Optional<String> listener(Site site, PublishedPort port) {
        if (!port.protocol().equals(Protocol.TCP) && !port.protocol().equals(Protocol.UDP)) {
            return Optional.empty();
        }
        String state = port.protocol().equals(Protocol.TCP) ? TCP_LISTEN : UDP_UNCONNECTED;
        return site.namespace().call(() -> {
            for (String file : List.of(port.protocol().toString(), port.protocol() + "6")) {
                for (String line : lines(Path.of("/proc/thread-self/net/" + file))) {
                    String[] words = line.strip().split("\\s+");
                    Optional<String> found =
                            words.length > 3 && words[3].equals(state) ? match(words[1], port) : Optional.empty();
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.<String>empty();
        });
    }

    private static Optional<String> match(String local, PublishedPort port) {
        int colon = local.indexOf(':');
        if (colon < 0 || Integer.parseInt(local.substring(colon + 1), 16) != port.hostPort()) {
            return Optional.empty();
        }
        IpAddress address = address(local.substring(0, colon));
        boolean clash = address.isAny()
                || port.hostAddress().isEmpty()
                || port.hostAddress().get().equals(address);
        return clash ? Optional.of(address + " port " + port.hostPort()) : Optional.empty();
    }

    /** Words of four bytes, each in the machine's own order. */
    private static IpAddress address(String hex) {
        ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        ByteBuffer out = ByteBuffer.allocate(in.remaining()).order(ByteOrder.nativeOrder());
        while (in.hasRemaining()) {
            out.putInt(in.getInt());
        }
        return IpAddress.of(out.array());
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // no such family there
        }
    }
}
