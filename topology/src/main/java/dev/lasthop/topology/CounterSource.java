package dev.lasthop.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.KernelFiles;
import dev.lasthop.netlink.Bytes;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The counters in {@code /proc/net/snmp}, {@code netstat} (pairs of lines: names, then values) and {@code snmp6} (a line each). */
final class CounterSource {
    private static final List<String> FILES = List.of("snmp", "netstat", "snmp6");
    private static final String FOLDER = "/proc/thread-self/net/";

    private CounterSource() {}

    static void record(KernelFiles files, SourceSink sink) {
        for (String file : FILES) {
            String source = "proc/net/" + file;
            try {
                files.read(FOLDER + file)
                        .ifPresentOrElse(
                                bytes -> sink.put(source, Bytes.of(bytes)),
                                () -> sink.gap(source, "this kernel does not have it"));
            } catch (KernelException e) {
                sink.gap(source, String.valueOf(e.getMessage()));
            }
        }
    }

    static Counters decode(Recording recording) {
        SortedMap<String, Long> values = new TreeMap<>();
        pairs(text(recording, "snmp"), values);
        pairs(text(recording, "netstat"), values);
        for (String line : text(recording, "snmp6")) { // a name, many blanks, a number, and sometimes a blank
            int nameEnd = line.indexOf(' ');
            if (nameEnd > 0) {
                put(line.substring(0, nameEnd), line.substring(nameEnd).strip(), values);
            }
        }
        return new Counters(values);
    }

    private static List<String> text(Recording recording, String file) {
        return new String(recording.source("proc/net/" + file).toArray(), UTF_8)
                .lines()
                .toList();
    }

    private static void pairs(List<String> lines, SortedMap<String, Long> values) {
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            String[] names = lines.get(i).split(" ");
            String[] numbers = lines.get(i + 1).split(" ");
            if (!names[0].endsWith(":") || !names[0].equals(numbers[0])) {
                continue; // not the pair that it should be: a newer format, or a damaged file
            }
            String group = names[0].substring(0, names[0].length() - 1);
            for (int column = 1; column < Math.min(names.length, numbers.length); column++) {
                put(group + names[column], numbers[column], values);
            }
        }
    }

    private static void put(String name, String number, SortedMap<String, Long> values) {
        try {
            values.put(name, number.startsWith("-") ? Long.parseLong(number) : Long.parseUnsignedLong(number));
        } catch (NumberFormatException e) {
            // not a number: not a counter
        }
    }
}
