package dev.lasthop.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final JsonObject REPORT = JsonObject.builder()
            .put("schema", "lasthop.report/1")
            .put("confidence", 0.98)
            .put("hops", List.of("eth0", "docker0"), JsonString::new)
            .put("probe", JsonObject.builder().put("sent", 3).put("lost", true).build())
            .put("changes", JsonArray.of())
            .put("empty", JsonObject.EMPTY)
            .putNull("fixed")
            .build();

    @Test
    void writesMembersInTheOrderInWhichTheyWerePut() {
        assertThat(Json.compact(REPORT))
                .isEqualTo("{\"schema\":\"lasthop.report/1\",\"confidence\":0.98,\"hops\":[\"eth0\",\"docker0\"],"
                        + "\"probe\":{\"sent\":3,\"lost\":true},\"changes\":[],\"empty\":{},\"fixed\":null}");
        assertThat(Json.pretty(REPORT)).isEqualTo("""
                {
                  "schema": "lasthop.report/1",
                  "confidence": 0.98,
                  "hops": [
                    "eth0",
                    "docker0"
                  ],
                  "probe": {
                    "sent": 3,
                    "lost": true
                  },
                  "changes": [],
                  "empty": {},
                  "fixed": null
                }
                """);
    }

    @Test
    void readsWhatItWrote() {
        assertThat(Json.read(Json.compact(REPORT))).isEqualTo(REPORT);
        assertThat(Json.read(Json.pretty(REPORT))).isEqualTo(REPORT);
    }

    @Test
    void escapesWhatWouldEndTheString() {
        var hostile = new JsonString("quote \" backslash \\ newline \n zero \0 escape \u001b[31m \u2028 é 🙂");
        String text = Json.compact(hostile);
        assertThat(text).doesNotContain("\n", "\0", "\u001b").startsWith("\"quote \\\" backslash \\\\ newline \\n");
        assertThat(Json.read(text)).isEqualTo(hostile);
    }

    @Test
    void keepsNumbersExact() {
        assertThat(Json.read("18446744073709551615")).isEqualTo(new JsonNumber(new BigDecimal("18446744073709551615")));
        assertThatThrownBy(() -> JsonNumber.of(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesTheMemberThatIsNotWhatWasAskedFor() {
        JsonObject object =
                (JsonObject) Json.read("{\"a\":1.5,\"b\":null,\"c\":[1],\"d\":1e999999999,\"e\":4294967296}");
        assertThatThrownBy(() -> object.string("x"))
                .isInstanceOf(JsonException.class)
                .hasMessage("\"x\" is missing");
        assertThatThrownBy(() -> object.string("b")).hasMessage("\"b\" is missing");
        assertThatThrownBy(() -> object.string("a")).hasMessage("\"a\" must be a string, not a number");
        assertThatThrownBy(() -> object.integer("a")).hasMessage("\"a\" is not a whole number in range");
        assertThatThrownBy(() -> object.integer("d")).hasMessage("\"d\" is not a whole number in range");
        assertThatThrownBy(() -> object.integer("e")).hasMessage("\"e\" is not a whole number in range");
        assertThatThrownBy(() -> object.strings("c")).hasMessage("\"c\" must be an array of strings, not a number");
        assertThat(object.longInteger("e")).isEqualTo(1L << 32);
        assertThat(object.findString("x")).isEqualTo(Optional.empty());
        assertThat(object.array("x")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,",
                "[1,]",
                "{\"a\":1,}",
                "{a:1}",
                "'a'",
                "nul",
                "NaN",
                "01",
                "+1",
                "1.",
                "\"\t\"",
                "\"\\x\"",
                "{} {}",
                "1 2",
                "// c\n1",
                "{\"a\":1,\"a\":2}",
                "\"abc",
                "]",
                "\u0000",
                "\"\\ud8\"",
                "[}"
            })
    void refusesWhatIsNotJson(String text) {
        assertThatThrownBy(() -> Json.read(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void saysWhereItIsWrong() {
        assertThatThrownBy(() -> Json.read("{\n  \"a\": tru\n}")).hasMessageStartingWith("line 2, column ");
        assertThatThrownBy(() -> Json.read("{\"a\":1,\"a\":2}")).hasMessageContaining("\"a\"");
    }

    @Test
    void refusesWhatIsTooLargeOrTooDeep() {
        var small = new Limits(100, 3);
        assertThat(Json.read(bytes("[[[]]]"), small)).isInstanceOf(JsonArray.class);
        assertThatThrownBy(() -> Json.read(bytes("[[[[]]]]"), small)).hasMessageContaining("limit");
        assertThatThrownBy(() -> Json.read(bytes(" ".repeat(101)), small)).hasMessageContaining("101 bytes");
        assertThatThrownBy(() -> Json.read("[".repeat(1_000_000))).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.read("9".repeat(1_000_000))).isInstanceOf(JsonException.class);
    }

    @Test
    void anyBytesGiveAValueOrAJsonException() {
        byte[] whole = bytes(Json.pretty(REPORT));
        var random = new Random(20261123);
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] mutated = whole.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            try {
                Json.read(mutated, Limits.DEFAULT);
                read++;
            } catch (JsonException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void equalityIgnoresTheOrderOfMembersAndKeepsThatOfItems() {
        assertThat(Json.read("{\"a\":1,\"b\":2}")).isEqualTo(Json.read("{\"b\":2,\"a\":1}"));
        assertThat(Json.read("[1,2]")).isNotEqualTo(Json.read("[2,1]"));
        assertThat(new ArrayList<>(
                        ((JsonObject) Json.read("{\"b\":1,\"a\":2}")).members().keySet()))
                .containsExactly("b", "a");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
