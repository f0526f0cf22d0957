package dev.lasthop.bpf;

import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names for addresses in the kernel, from {@code /proc/kallsyms}: one pass for all that are asked at once, no table is built, what
 * was found is remembered. Without CAP_SYSLOG the kernel writes zeros for all addresses: then there are no names, rather than
 * wrong ones.
 */
public final class KernelSymbols {
    private static final int MOST_REMEMBERED = 10_000;

    private final Map<Long, String> known = new HashMap<>();
    private boolean hidden;

    /** Nothing is read until an address is asked for. */
    public KernelSymbols() {}

    /** The function that an address is in; empty if it cannot be told. */
    public Optional<String> name(long address) {
        if (address == 0) {
            return Optional.empty();
        }
        learn(List.of(address));
        return Optional.ofNullable(known.get(address)).filter(name -> !name.isEmpty());
    }

    /** Whether the kernel keeps its addresses to itself (kptr_restrict, or no CAP_SYSLOG). Known after the first question. */
    public boolean hidden() {
        return hidden;
    }

    /** Finds the names of many addresses in one pass. */
    public void learn(Collection<Long> addresses) {
        if (addresses.isEmpty()) {
            return;
        }
        long[] wanted = addresses.stream()
                .filter(address -> address != 0 && !known.containsKey(address))
                .mapToLong(address -> address ^ Long.MIN_VALUE) // sorts as unsigned
                .distinct()
                .sorted()
                .toArray();
        if (wanted.length == 0 || hidden) {
            return;
        }
        if (known.size() + wanted.length > MOST_REMEMBERED) {
            known.clear();
        }
        var pass = new SymbolPass(wanted);
        try (Fd fd = ProcFile.open("kallsyms");
                Memory buffer = new Memory(1 << 16)) {
            byte[] chunk = new byte[buffer.size()];
            ByteBuffer bytes = buffer.bytes();
            int got = fd.read(buffer);
            while (got > 0) {
                bytes.get(0, chunk, 0, got);
                pass.take(chunk, got);
                got = fd.read(buffer);
            }
        } catch (KernelException _) {
            hidden = true;
            return;
        }
        hidden = pass.hidden();
        String[] names = pass.names();
        for (int i = 0; i < wanted.length; i++) {
            known.put(wanted[i] ^ Long.MIN_VALUE, hidden ? "" : names[i]);
        }
    }

    /** Reads the file's lines, "ffffffff81000000 T name [module]", as they come. */
    static final class SymbolPass {
        private final long[] wanted;
        private final long[] best;
        private final byte[][] names;
        private boolean anyAddress;

        // The line that is being read.
        private final byte[] name = new byte[512];
        private int nameLength;
        private int column;
        private long address;
        private boolean code;
        private int slot = -1;

        SymbolPass(long[] wanted) {
            this.wanted = wanted;
            this.best = new long[wanted.length];
            this.names = new byte[wanted.length][];
            Arrays.fill(best, Long.MIN_VALUE);
        }

        void take(byte[] chunk, int length) {
            for (int i = 0; i < length; i++) {
                byte b = chunk[i];
                if (b == '\n') {
                    end();
                } else if (column < 16) {
                    address = address << 4 | (b <= '9' ? b - '0' : b - 'a' + 10);
                    column++;
                } else {
                    rest(b);
                }
            }
        }

        private void rest(byte b) {
            column++;
            if (column == 18) {
                code = b == 't' || b == 'T' || b == 'w' || b == 'W';
                address ^= Long.MIN_VALUE;
                anyAddress |= address != Long.MIN_VALUE;
                slot = code ? place() : -1;
            } else if (column > 19 && slot >= 0 && nameLength < name.length) {
                name[nameLength++] = b;
            }
        }

        // The first wanted address at or above this symbol, if no nearer symbol is known for it.
        private int place() {
            int found = Arrays.binarySearch(wanted, address);
            int at = found >= 0 ? found : -found - 1;
            return at < wanted.length && best[at] < address ? at : -1;
        }

        private void end() {
            if (slot >= 0) {
                int length = 0;
                while (length < nameLength && name[length] != '\t' && name[length] != ' ') {
                    length++;
                }
                best[slot] = address;
                names[slot] = Arrays.copyOf(name, length);
            }
            nameLength = 0;
            column = 0;
            address = 0;
            slot = -1;
        }

        boolean hidden() {
            return !anyAddress;
        }

        // A symbol counts for all wanted addresses above it that have no nearer one.
        String[] names() {
            String[] result = new String[wanted.length];
            byte[] last = new byte[0];
            long lastAddress = Long.MIN_VALUE;
            for (int i = 0; i < wanted.length; i++) {
                byte[] own = names[i];
                if (own != null && best[i] >= lastAddress) {
                    last = own;
                    lastAddress = best[i];
                }
                result[i] = new String(last, StandardCharsets.US_ASCII);
            }
            return result;
        }
    }
}
