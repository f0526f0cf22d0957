package dev.lasthop.investigation;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.NameFailure.Kind;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One name server, asked from a namespace: over UDP, and over TCP where the answer does not fit.
 *
 * @param namespace whose network stack sends the questions
 */
record NameServer(NetworkNamespace namespace, IpAddress address) {
    private static final int PORT = 53;
    private static final int MOST_DATAGRAM = 4096;
    private static final int MOST_STREAM = 65_535;

    /** What it said, or did not say. */
    sealed interface Reply {
        record Addresses(List<IpAddress> addresses) implements Reply {}

        record Nothing(Kind kind, String text) implements Reply {}
    }

    /** A question that was sent and not answered yet. */
    private record Pending(int id, Family family) {}

    /** Asks for all families at once; IPv4 addresses come first. */
    Reply ask(String name, List<Family> families, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try (Fd socket =
                namespace.call(() -> Fd.socket(address.family().number(), Fd.SOCK_DGRAM | Fd.SOCK_NONBLOCK, 0))) {
            long connected = socket.connect(socketAddress());
            if (connected < 0) {
                return unreachable((int) -connected);
            }
            return converse(socket, name, families, end);
        } catch (KernelException e) {
            return unreachable(e.errno().number());
        }
    }

    private Reply converse(Fd socket, String name, List<Family> families, long end) {
        Map<Integer, Pending> pending = new LinkedHashMap<>();
        var random = new SecureRandom();
        for (Family family : families) {
            int id = random.nextInt(0x10000);
            pending.put(id, new Pending(id, family));
        }
        for (Pending one : pending.values()) {
            socket.send(DnsMessage.question(one.id(), name, one.family()));
        }
        List<DnsMessage> answers = new ArrayList<>();
        try (Memory buffer = Memory.confined(MOST_DATAGRAM)) {
            while (!pending.isEmpty() && System.nanoTime() < end) {
                Poll.readable(List.of(socket), Duration.ofNanos(Math.max(0, end - System.nanoTime())));
                int count = socket.receive(buffer, Fd.MSG_DONTWAIT);
                if (count == -Errno.EAGAIN.number()) {
                    continue;
                }
                if (count < 0) {
                    return unreachable(-count);
                }
                accept(bytes(buffer, count), name, pending, end).ifPresent(answers::add);
            }
        }
        return reply(answers);
    }

    /** Only an answer to a question of ours counts: others may send datagrams too. */
    private Optional<DnsMessage> accept(byte[] bytes, String name, Map<Integer, Pending> pending, long end) {
        Optional<DnsMessage> answer = decode(bytes);
        Pending asked = answer.map(message -> pending.get(message.id())).orElse(null);
        String bare = name.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
        if (asked == null
                || !answer.get().isAnswer()
                || answer.get().type() != DnsMessage.type(asked.family())
                || !answer.get().name().equals(bare)) {
            return Optional.empty();
        }
        pending.remove(asked.id());
        return answer.get().truncated() ? overTcp(asked, name, end).or(() -> answer) : answer;
    }

    private Reply reply(List<DnsMessage> answers) {
        List<IpAddress> addresses = answers.stream()
                .flatMap(answer -> answer.addresses().stream())
                .distinct()
                .sorted(java.util.Comparator.comparing(IpAddress::family)) // stable: the server's order otherwise
                .toList();
        if (!addresses.isEmpty()) {
            return new Reply.Addresses(addresses);
        }
        if (answers.isEmpty()) {
            return new Reply.Nothing(Kind.SILENT, "no answer in time");
        }
        if (answers.stream().anyMatch(answer -> answer.code() == DnsMessage.NO_SUCH_NAME)) {
            return new Reply.Nothing(Kind.NO_SUCH_NAME, "answers that there is no such name");
        }
        return answers.stream()
                .filter(answer -> answer.code() != DnsMessage.NO_ERROR)
                .findFirst()
                .<Reply>map(answer -> new Reply.Nothing(Kind.FAILED, "answers with error " + code(answer.code())))
                .orElse(new Reply.Nothing(Kind.NO_SUCH_NAME, "answers that the name has no such address"));
    }

    private static String code(int code) {
        return switch (code) {
            case 1 -> "FORMERR";
            case 2 -> "SERVFAIL";
            case 4 -> "NOTIMP";
            case 5 -> "REFUSED";
            default -> Integer.toString(code);
        };
    }

    private static Reply unreachable(int number) {
        Errno errno = Errno.of(number);
        return errno.equals(Errno.ECONNREFUSED)
                ? new Reply.Nothing(Kind.REFUSED, "refused: nobody listens on UDP port 53 there")
                : new Reply.Nothing(Kind.UNREACHABLE, "cannot be asked: " + errno.name());
    }

    private Optional<DnsMessage> overTcp(Pending asked, String name, long end) {
        try (Fd socket = namespace.call(
                        () -> Fd.socket(address.family().number(), Fd.SOCK_STREAM | Fd.SOCK_NONBLOCK, 0));
                Memory buffer = Memory.confined(MOST_STREAM + 2L)) {
            socket.connect(socketAddress());
            Poll.wait(List.of(socket), Poll.OUT, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            byte[] question = DnsMessage.question(asked.id(), name, asked.family());
            socket.send(ByteBuffer.allocate(question.length + 2)
                    .putShort((short) question.length)
                    .put(question)
                    .array());
            var all = new java.io.ByteArrayOutputStream();
            while (System.nanoTime() < end && !isWhole(all.toByteArray())) {
                Poll.readable(List.of(socket), Duration.ofNanos(Math.max(0, end - System.nanoTime())));
                int count = socket.receive(buffer, Fd.MSG_DONTWAIT);
                if (count == 0 || count < 0 && count != -Errno.EAGAIN.number()) {
                    break;
                }
                all.writeBytes(bytes(buffer, Math.max(0, count)));
            }
            byte[] bytes = all.toByteArray();
            return isWhole(bytes)
                    ? decode(Arrays.copyOfRange(bytes, 2, 2 + length(bytes)))
                            .filter(answer -> answer.id() == asked.id())
                    : Optional.empty();
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    private static boolean isWhole(byte[] bytes) {
        return bytes.length >= 2 && bytes.length >= 2 + length(bytes);
    }

    private static int length(byte[] bytes) {
        return Byte.toUnsignedInt(bytes[0]) << 8 | Byte.toUnsignedInt(bytes[1]);
    }

    private static Optional<DnsMessage> decode(byte[] bytes) {
        try {
            return Optional.of(DnsMessage.decode(bytes));
        } catch (MalformedMessageException e) {
            return Optional.empty(); // whoever sent it: it is no answer
        }
    }

    private static byte[] bytes(Memory buffer, int count) {
        byte[] bytes = new byte[Math.min(count, buffer.size())];
        buffer.bytes().get(bytes);
        return bytes;
    }

    /** {@code struct sockaddr_in} or {@code sockaddr_in6}. */
    private byte[] socketAddress() {
        boolean four = address.family() == Family.IPV4;
        ByteBuffer out = ByteBuffer.allocate(four ? 16 : 28).order(ByteOrder.nativeOrder());
        out.putShort((short) address.family().number())
                .order(ByteOrder.BIG_ENDIAN)
                .putShort((short) PORT);
        if (!four) {
            out.putInt(0);
        }
        return out.put(address.bytes()).array();
    }
}
