package dev.lasthop.containers;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonValue;
import dev.lasthop.json.Limits;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.Poll;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * One question to a container engine: an HTTP/1.0 request over its unix socket, the whole answer as JSON. An engine that hangs is not
 * waited for without end, one that floods is cut off.
 */
final class SocketHttp {
    private static final int AF_UNIX = 1;
    private static final int LONGEST_PATH = 107; // struct sockaddr_un
    private static final int MOST = 32 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private SocketHttp() {}

    /**
     * @param engine whose socket it is, for the error
     * @param target such as {@code /containers/json}
     * @throws EndpointException if there is no answer, or none with code 200 and JSON in it
     */
    static JsonValue get(String engine, Path socket, String target) {
        try {
            byte[] answer = ask(socket, target);
            return Json.read(body(answer), Limits.DEFAULT);
        } catch (KernelException e) {
            throw unreachable(engine, socket, e.errno() + (e.reason().isEmpty() ? "" : ": " + e.reason()));
        } catch (JsonException | IllegalStateException e) {
            throw unreachable(engine, socket, String.valueOf(e.getMessage()));
        }
    }

    private static EndpointException unreachable(String engine, Path socket, String why) {
        return new EndpointException(
                EndpointException.Kind.UNREACHABLE,
                engine + " cannot be asked at " + socket + ": " + EndpointException.printable(why));
    }

    private static byte[] ask(Path socket, String target) {
        try (Fd fd = Fd.socket(AF_UNIX, Fd.SOCK_STREAM | Fd.SOCK_NONBLOCK, 0)) {
            long connected = fd.connect(address(socket));
            if (connected < 0) {
                throw new KernelException("connect to " + socket, Errno.of((int) -connected));
            }
            fd.write(("GET " + target + " HTTP/1.0\r\nHost: lasthop\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return answer(fd);
        }
    }

    private static byte[] answer(Fd fd) {
        var all = new ByteArrayOutputStream();
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (Memory buffer = Memory.confined(64 * 1024)) {
            while (true) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new IllegalStateException("no answer within " + PATIENCE.toSeconds() + " s");
                }
                Poll.readable(List.of(fd), Duration.ofNanos(left));
                int length = fd.receive(buffer, Fd.MSG_DONTWAIT);
                if (length == 0) {
                    return all.toByteArray();
                }
                if (length < 0 && length != -Errno.EAGAIN.number()) {
                    throw new KernelException("read the answer", Errno.of(-length));
                }
                if (length > 0) {
                    byte[] part = new byte[length];
                    buffer.bytes().get(part);
                    all.writeBytes(part);
                }
                if (all.size() > MOST) {
                    throw new IllegalStateException("the answer has more than " + (MOST >> 20) + " MiB");
                }
            }
        }
    }

    /** Behind the empty line; what is not "200" is told by its first line. */
    private static byte[] body(byte[] answer) {
        String head = new String(answer, 0, Math.min(answer.length, 8192), StandardCharsets.ISO_8859_1);
        int end = head.indexOf("\r\n\r\n");
        if (end < 0 || !head.startsWith("HTTP/1.")) {
            throw new IllegalStateException("it does not answer in HTTP");
        }
        String status = head.substring(0, head.indexOf("\r\n"));
        if (!status.matches("HTTP/1\\.[01] 200( .*)?")) {
            throw new IllegalStateException("it answers " + status);
        }
        return Arrays.copyOfRange(answer, end + 4, answer.length);
    }

    /** {@code struct sockaddr_un}. */
    private static byte[] address(Path socket) {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > LONGEST_PATH) {
            throw new IllegalStateException("the path of the socket is too long");
        }
        return ByteBuffer.allocate(2 + path.length + 1)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(path)
                .array();
    }
}
