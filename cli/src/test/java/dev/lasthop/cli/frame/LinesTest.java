package dev.lasthop.cli.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
    @Test
    void aShortCommandStaysAsItIs() {
        assertThat(Lines.command("ip link add veth0 type veth", 40)).containsExactly("ip link add veth0 type veth");
    }

    @Test
    void aLongCommandIsBrokenSoThatAShellPutsItTogetherAgain() {
        String command = "ip -n demo-node link add veth_host type veth peer name eth0 netns demo-container";
        List<String> lines = Lines.command(command, 40);
        assertThat(lines).hasSizeGreaterThan(1).allMatch(line -> line.length() <= 40);
        assertThat(String.join("\n", lines).replaceAll(" \\\\\n +", " ")).isEqualTo(command);
    }

    @Test
    void aWordThatIsTooLongIsLeftWhole() {
        assertThat(Lines.command("x".repeat(90), 40)).containsExactly("x".repeat(90));
    }

    @Test
    void whatIsInDoubleQuotesIsNotBroken() {
        String command = "nft 'add rule ip t c comment \"four words of comment\" accept'";
        assertThat(Lines.command(command, 36))
                .containsExactly("nft 'add rule ip t c comment \\", "  \"four words of comment\" accept'");
    }

    @Test
    void aWideLineGoesOnBelowItself() {
        assertThat(Lines.hanging("  a:  one two three", 12)).containsExactly("  a:  one", "    two", "    three");
        assertThat(Lines.hanging("  short", 12)).containsExactly("  short");
    }
}
