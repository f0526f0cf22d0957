package dev.lasthop.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What differs between x86-64 and aarch64, against the kernel's own headers of both. */
class ArchitecturesTest {
    private static final Path X86 = Path.of("/usr/include/x86_64-linux-gnu");
    private static final Path AARCH64 = Path.of("/usr/aarch64-linux-gnu/include");
    private static final Pattern NUMBER = Pattern.compile("#define __NR(?:3264)?_(\\w+)\\s+(\\d+)\\s*(?:/\\*.*)?");
    private static final Pattern FLAG = Pattern.compile("#define\\s+(O_\\w+)\\s+(0[0-7]*)\\b.*");

    @Test
    void systemCallsOnX86() throws IOException {
        Map<String, Integer> numbers = numbers(header(X86.resolve("asm/unistd_64.h"), "linux-libc-dev"));
        for (SystemCall call : SystemCall.values()) {
            assertThat(numbers).as("x86-64").containsEntry(name(call), call.onX86());
        }
    }

    @Test
    void systemCallsOnAarch64() throws IOException {
        Map<String, Integer> numbers =
                numbers(header(AARCH64.resolve("asm-generic/unistd.h"), "linux-libc-dev-arm64-cross"));
        for (SystemCall call : SystemCall.values()) {
            assertThat(numbers).as("aarch64").containsEntry(name(call), call.onAarch64());
        }
    }

    /** The flags that are passed as numbers are the same; those that are not (O_DIRECTORY, O_NOFOLLOW, O_DIRECT) must not be used. */
    @Test
    void openFlagsOnAarch64() throws IOException {
        Map<String, Integer> flags = new HashMap<>();
        for (String file :
                List.of("asm-generic/fcntl.h", "asm/fcntl.h")) { // the machine's own come first in C, so last here
            for (String line : header(AARCH64.resolve(file), "linux-libc-dev-arm64-cross")) {
                Matcher matcher = FLAG.matcher(line);
                if (matcher.matches()) {
                    flags.put(matcher.group(1), Integer.parseInt(matcher.group(2), 8));
                }
            }
        }
        assertThat(flags)
                .containsEntry("O_RDONLY", Fd.O_RDONLY)
                .containsEntry("O_WRONLY", Fd.O_WRONLY)
                .containsEntry("O_RDWR", Fd.O_RDWR)
                .containsEntry("O_CREAT", Fd.O_CREAT)
                .containsEntry("O_CLOEXEC", Fd.O_CLOEXEC)
                .containsEntry("O_NONBLOCK", Fd.SOCK_NONBLOCK);
    }

    /** {@link Fd#inode} reads the second long of {@code struct stat}, whose order is otherwise another on each machine. */
    @Test
    void theInodeComesSecondInStat() throws IOException {
        for (Map.Entry<Path, String> machine : Map.of(
                        X86.resolve("asm/stat.h"), "linux-libc-dev",
                        AARCH64.resolve("asm-generic/stat.h"), "linux-libc-dev-arm64-cross")
                .entrySet()) {
            String text = String.join(" ", header(machine.getKey(), machine.getValue()));
            List<String> structs = Pattern.compile("struct stat \\{([^}]*)\\}")
                    .matcher(text)
                    .results()
                    .map(match -> match.group(1).replaceAll("/\\*.*?\\*/", " ").strip())
                    .toList();
            assertThat(structs)
                    .as(machine.getKey().toString())
                    .anyMatch(fields -> Pattern.compile(
                                    "^(__kernel_ulong_t|unsigned long)\\s+st_dev;\\s+(__kernel_ulong_t|unsigned long)\\s+st_ino;")
                            .matcher(fields)
                            .find());
        }
    }

    private static String name(SystemCall call) {
        return call.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Integer> numbers(List<String> lines) {
        Map<String, Integer> numbers = new HashMap<>();
        for (String line : lines) {
            Matcher matcher = NUMBER.matcher(line);
            if (matcher.matches()) {
                numbers.put(matcher.group(1), Integer.parseInt(matcher.group(2)));
            }
        }
        return numbers;
    }

    private static List<String> header(Path file, String debianPackage) throws IOException {
        assumeTrue(Files.exists(file), () -> file + " is not there: it comes with Debian's " + debianPackage);
        return Files.readAllLines(file);
    }
}
