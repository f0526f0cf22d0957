package dev.lasthop.wiring.step;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much may pass in a second, in bits. Read and written as tc(8) does: {@code 10mbit}, {@code 1.5gbit}, {@code 512kibit}; {@code bps} and its
 * like are bytes a second; a number alone is bits.
 */
public record Rate(long bitsPerSecond) implements Comparable<Rate> {
    /** Slower than this, one packet waits for minutes. */
    private static final long LEAST = 8_000;

    private static final long MOST = 1_000_000_000_000L;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(([kmgt]i?)?(bit|bps))?");
    private static final String LETTERS = "kmgt";

    public Rate {
        if (bitsPerSecond < LEAST || bitsPerSecond > MOST) {
            throw new IllegalArgumentException(
                    "a rate of " + bitsPerSecond + " bits a second: 8kbit to 1tbit are possible");
        }
    }

    /** @throws IllegalArgumentException if it is no rate, or none that can be set */
    public static Rate parse(String text) {
        Matcher found = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!found.matches()) {
            throw new IllegalArgumentException("a rate is a number with kbit, mbit or gbit, such as 10mbit");
        }
        BigDecimal bits = new BigDecimal(found.group(1))
                .multiply(BigDecimal.valueOf(factor(found.group(3))))
                .multiply(BigDecimal.valueOf("bps".equals(found.group(4)) ? Byte.SIZE : 1));
        if (bits.compareTo(BigDecimal.valueOf(MOST)) > 0) {
            throw new IllegalArgumentException(text + " is more than 1tbit, the largest rate that can be set");
        }
        return new Rate(bits.longValue());
    }

    private static long factor(@org.jspecify.annotations.Nullable String prefix) {
        if (prefix == null) {
            return 1;
        }
        long step = prefix.endsWith("i") ? 1024 : 1000;
        long factor = 1;
        for (int i = 0; i <= LETTERS.indexOf(prefix.charAt(0)); i++) {
            factor *= step;
        }
        return factor;
    }

    public long bytesPerSecond() {
        return bitsPerSecond / Byte.SIZE;
    }

    /** The largest unit that divides it: {@code 1500kbit}. */
    @Override
    public String toString() {
        long number = bitsPerSecond;
        int unit = 0;
        List<String> units = List.of("bit", "kbit", "mbit", "gbit", "tbit");
        while (number % 1000 == 0 && unit < units.size() - 1) {
            number /= 1000;
            unit++;
        }
        return number + units.get(unit);
    }

    @Override
    public int compareTo(Rate other) {
        return Long.compare(bitsPerSecond, other.bitsPerSecond);
    }
}
