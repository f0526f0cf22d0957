package dev.lasthop.cli.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayoutTest {
    @Test
    void aTableAlignsItsColumnsAndEndsItsLinesAtTheText() {
        var table = new Table("hop", ">seen", "note").row("eth0", 3, "").row("veth_host", 12, "é");
        assertThat(table.lines()).containsExactly("hop        seen  note", "eth0          3", "veth_host    12  é");
    }

    @Test
    void coloursTakeNoColumns() {
        var terminal = new Terminal(true, true, 80);
        String painted = terminal.paint(Style.BAD, "lost");
        assertThat(painted).isEqualTo("\u001b[1;31mlost\u001b[0m");
        assertThat(Lines.width(painted)).isEqualTo(4);
        assertThat(Printable.of(painted, true)).isEqualTo(painted);
        assertThat(Printable.of(painted, false)).isEqualTo("?[1;31mlost?[0m");
        assertThat(Terminal.NONE.paint(Style.BAD, "lost")).isEqualTo("lost");
    }

    @Test
    void paragraphsAreWrappedAtWords() {
        assertThat(Lines.wrap("one two  three four", 10, "  ")).containsExactly("  one two", "  three", "  four");
        assertThat(Lines.wrap("averyverylongword x", 8, "")).containsExactly("averyverylongword", "x");
    }

    @Test
    void aTerminalIsWhatTheEnvironmentSays() {
        var utf8 = Map.of("LANG", "en_GB.UTF-8");
        assertThat(Terminal.of(true, utf8)).isEqualTo(new Terminal(true, true, 0));
        assertThat(Terminal.of(true, Map.of("NO_COLOR", "1", "LC_ALL", "C", "LANG", "en_GB.UTF-8")))
                .isEqualTo(new Terminal(false, false, 0));
        assertThat(Terminal.of(true, Map.of("TERM", "dumb")).colour()).isFalse();
        assertThat(Terminal.of(false, utf8)).isEqualTo(new Terminal(false, true, 100));
        assertThat(Terminal.NONE.choose("→", "->")).isEqualTo("→");
    }

    @Test
    void theNearestWordIsSuggestedAndNoFarOne() {
        List<String> words = List.of("--size", "--source-port", "--save");
        assertThat(Suggestion.nearest("--sise", words)).contains("--size");
        assertThat(Suggestion.nearest("--source", words)).contains("--source-port");
        assertThat(Suggestion.nearest("--elephant", words)).isEmpty();
        assertThat(Suggestion.distance("ab", "ba")).isEqualTo(1);
    }
}
