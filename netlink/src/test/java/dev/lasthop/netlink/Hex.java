package dev.lasthop.netlink;

import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Bytes for tests: written down in hex with comments, and damaged at random. */
public final class Hex {
    private Hex() {}

    /** Hex digits; what stands behind a # is a comment. */
    public static Bytes bytes(String annotated) {
        return Bytes.of(HexFormat.of()
                .parseHex(Pattern.compile("#.*|\\s+").matcher(annotated).replaceAll("")));
    }

    /** Cut somewhere, with some bytes replaced. */
    public static Bytes damaged(Bytes wire, Random random) {
        byte[] some = new byte[random.nextInt(wire.size() + 1)];
        wire.read().get(some);
        for (int i = random.nextInt(4); i > 0 && some.length > 0; i--) {
            some[random.nextInt(some.length)] = (byte) random.nextInt();
        }
        return Bytes.of(some);
    }

    /** Gives {@code reader} much damaged copies of {@code wire}; anything but a value or a refusal as malformed fails the test. */
    public static void damage(Bytes wire, Consumer<Bytes> reader) {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            Bytes some = damaged(wire, random);
            try {
                reader.accept(some);
            } catch (MalformedMessageException e) {
                // refused, as it may be
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed %d, round %d: %s".formatted(seed, round, some), e);
            }
        }
    }
}
