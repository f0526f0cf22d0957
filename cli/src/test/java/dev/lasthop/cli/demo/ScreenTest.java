package dev.lasthop.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    @Test
    void aShortCommandStaysAsItIs() {
        assertThat(Screen.broken("ip link add veth0 type veth", 40)).containsExactly("ip link add veth0 type veth");
    }

    @Test
    void aLongCommandIsBrokenSoThatAShellPutsItTogetherAgain() {
        String command = "ip -n demo-node link add veth_host type veth peer name eth0 netns demo-container";
        List<String> lines = Screen.broken(command, 40);
        assertThat(lines).hasSizeGreaterThan(1).allMatch(line -> line.length() <= 40);
        assertThat(String.join("\n", lines).replaceAll(" \\\\\n +", " ")).isEqualTo(command);
    }

    @Test
    void aWordThatIsTooLongIsLeftWhole() {
        assertThat(Screen.broken("x".repeat(90), 40)).containsExactly("x".repeat(90));
    }
}
