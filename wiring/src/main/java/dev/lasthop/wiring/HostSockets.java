package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.netlink.sockdiag.SocketMessage;
import dev.lasthop.netlink.sockdiag.SocketQuery;
import dev.lasthop.wiring.step.Site;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who listens on the host. The kernel is asked for just those; where it cannot be, {@code /proc/net/tcp} and its like are read, which go
 * through the hash table of all connections of the machine.
 */
final class HostSockets {
    private static final String TCP_LISTEN = "0A";
    private static final String UDP_UNCONNECTED = "07";
    private static final int STATE = 3;
    private static final int INODE = 9;

    private HostSockets() {}

    /**
     * Where a process listens, and that publishing would take away from it.
     *
     * @param process the process's name and number, as far as it is to be found
     */
    record Listener(IpAddress address, int port, Optional<String> process) {
        @Override
        public String toString() {
            return process.orElse("a process") + " listens on " + address + " port " + port;
        }
    }

    static Optional<Listener> listener(Site site, HostPort port) {
        if (!port.protocol().equals(Protocol.TCP) && !port.protocol().equals(Protocol.UDP)) {
            return Optional.empty();
        }
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.SOCK_DIAG, site.namespace())) {
            int state = port.protocol().equals(Protocol.TCP) ? SocketMessage.LISTENING : SocketMessage.CLOSED;
            return Stream.of(Family.values())
                    .flatMap(
                            family -> SocketQuery.dump(socket, family, port.protocol(), 1 << state).messages().stream())
                    .map(SocketMessage::decode)
                    .filter(listener -> isTaken(port, listener.local(), listener.localPort()))
                    .findFirst()
                    .map(listener -> new Listener(
                            listener.local(), listener.localPort(), process(Long.toString(listener.inode()))));
        } catch (KernelException e) {
            return fromFiles(site, port); // a kernel without sock_diag, or without one of the families
        }
    }

    private static Optional<Listener> fromFiles(Site site, HostPort port) {
        String state = port.protocol().equals(Protocol.TCP) ? TCP_LISTEN : UDP_UNCONNECTED;
        return site.namespace().call(() -> {
            for (String file : List.of(port.protocol().toString(), port.protocol() + "6")) {
                for (String line : lines(Path.of("/proc/thread-self/net/" + file))) {
                    Optional<Listener> found =
                            line.contains(" " + state + " ") ? match(line, state, port) : Optional.empty();
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.<Listener>empty();
        });
    }

    private static Optional<Listener> match(String line, String state, HostPort port) {
        String[] words = line.strip().split("\\s+");
        int colon = words.length > INODE ? words[1].indexOf(':') : -1;
        if (colon < 0 || !words[STATE].equals(state)) {
            return Optional.empty();
        }
        int number = Integer.parseInt(words[1].substring(colon + 1), 16);
        IpAddress address = address(words[1].substring(0, colon));
        return isTaken(port, address, number)
                ? Optional.of(new Listener(address, number, process(words[INODE])))
                : Optional.empty();
    }

    private static boolean isTaken(HostPort port, IpAddress address, int number) {
        return port.covers(port.protocol(), number)
                && (address.isAny()
                        || port.address().isEmpty()
                        || port.address().get().equals(address));
    }

    /** The process that has a socket open: its name and number. */
    private static Optional<String> process(String inode) {
        String target = "socket:[" + inode + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (hasOpen(process, target)) {
                    List<String> name = lines(process.resolve("comm"));
                    return Optional.of((name.isEmpty() ? "a process" : Names.shown(name.getFirst())) + " (pid "
                            + process.getFileName() + ")");
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean hasOpen(Path process, String target) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (leadsTo(file, target)) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return false; // it ended meanwhile, or it is not ours to look into
        }
        return false;
    }

    private static boolean leadsTo(Path link, String target) {
        try {
            return Files.readSymbolicLink(link).toString().equals(target);
        } catch (IOException e) {
            return false; // it was closed meanwhile
        }
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
            return List.of(); // no such family there, or no such process any more
        }
    }
}
