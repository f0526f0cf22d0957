package dev.lasthop.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No error comes to a user as a bare number. */
class ErrnoTest {
    @Test
    void eachNumberOfTheKernelsHasAName() {
        IntStream.rangeClosed(1, 133)
                .filter(number -> number != 41 && number != 58) // EWOULDBLOCK and EDEADLOCK, where they were their own
                .forEach(number -> assertThat(Errno.of(number).name()).matches("E[A-Z0-9]+"));
        assertThat(Errno.of(54)).hasToString("EXFULL").isEqualTo(Errno.EXFULL);
        assertThat(Errno.of(524)).hasToString("ENOTSUPP");
        assertThat(Stream.of(0, -1, 41, 534, Integer.MAX_VALUE)
                        .map(number -> Errno.of(number).name()))
                .allMatch(name -> name.startsWith("errno "));
    }

    @Test
    void theNamesAreThoseOfTheHeaders() throws IOException {
        Pattern define = Pattern.compile("#define\\s+(E[A-Z0-9]+)\\s+(\\d+)");
        int found = 0;
        for (String file : new String[] {"errno-base.h", "errno.h"}) {
            Path header = Path.of("/usr/include/asm-generic", file);
            assumeTrue(Files.exists(header), header + " is not there: package linux-libc-dev");
            for (MatchResult match :
                    define.matcher(Files.readString(header)).results().toList()) {
                assertThat(Errno.of(Integer.parseInt(match.group(2))).name()).isEqualTo(match.group(1));
                found++;
            }
        }
        assertThat(found).isGreaterThan(120);
    }
}
