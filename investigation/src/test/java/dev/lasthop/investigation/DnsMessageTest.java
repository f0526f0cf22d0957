package dev.lasthop.investigation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.MalformedMessageException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DnsMessageTest {
    private static final byte[] QUESTION = bytes(
            "1234", // id
            "0100", // query, recursion desired
            "0001 0000 0000 0000", // one question, no answers, authorities, additions
            "03 777777", // www
            "07 6578616d706c65", // example
            "00", // the root
            "0001 0001"); // A, IN

    private static final byte[] ANSWER = bytes(
            "1234", // id
            "8180", // response, recursion desired and available, no error
            "0001 0003 0000 0000", // one question, three answers
            "03 777777 07 6578616d706c65 00", // at 12: www.example
            "0001 0001", // A, IN
            "c00c 0005 0001 0000003c 0004 01 61 c010", // www.example is an alias of a.example (pointer to 16)
            "c029 0001 0001 0000003c 0004 c0000207", // a.example (pointer to 41) has 192.0.2.7
            "c010 0001 0001 0000003c 0004 c0000209"); // example, which was not asked for, has 192.0.2.9

    private static byte[] bytes(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    }

    @Test
    void writesQuestion() {
        assertThat(DnsMessage.question(0x1234, "WWW.example.", Family.IPV4)).isEqualTo(QUESTION);
    }

    @Test
    void readsAnswerThroughAlias() {
        assertThat(DnsMessage.decode(ANSWER))
                .isEqualTo(new DnsMessage(
                        0x1234, true, false, 0, "www.example", 1, List.of(IpAddress.parse("192.0.2.7"))));
    }

    @Test
    void refusesLoopsOfPointers() {
        byte[] self = ANSWER.clone();
        self[12] = (byte) 0xc0;
        self[13] = 12;
        assertThatThrownBy(() -> DnsMessage.decode(self)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void knowsNames() {
        assertThat(List.of("a", "a.b.", "x".repeat(63) + ".org")).allMatch(DnsMessage::isName);
        assertThat(List.of("", ".", "a..b", "x".repeat(64), "ä.org", "a.".repeat(130)))
                .noneMatch(DnsMessage::isName);
    }

    @Test
    void damageIsNamed() {
        var random = new Random(53);
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = random.nextInt(4) == 0
                    ? java.util.Arrays.copyOf(ANSWER, random.nextInt(ANSWER.length))
                    : ANSWER.clone();
            for (int j = random.nextInt(4); j >= 0 && damaged.length > 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                DnsMessage.decode(damaged);
            } catch (MalformedMessageException e) {
                assertThat(e.getMessage()).contains("DNS");
            }
        }
    }
}
