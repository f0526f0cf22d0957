package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.wiring.step.LinkStep.IpvlanMode;
import dev.lasthop.wiring.step.LinkStep.MacvlanMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Networks that share one interface of the host: what the kernel can have at once. */
class SharedParentTest {
    private static final IpvlanDriver L2 = new IpvlanDriver("eth0", IpvlanMode.L2);

    @Test
    void allIpvlansOfOneParentHaveOneMode() {
        assertThat(apart(L2, L2)).isEqualTo(L2);
        assertThat(apart(L2, new IpvlanDriver("eth1", IpvlanMode.L3S))).isEqualTo(L2);
        assertThat(apart(L2, MacvlanDriver.on("eth1"))).isEqualTo(L2);
        assertThatThrownBy(() -> apart(new IpvlanDriver("eth0", IpvlanMode.L3), L2))
                .isInstanceOf(WiringException.class)
                .hasMessage(
                        "interface eth0 cannot be shared in mode l3: network web shares it in mode l2, and all ipvlan"
                                + " interfaces of one parent have the same. Use --mode l2, or another parent");
    }

    @Test
    void aParentHasMacvlansOrIpvlans() {
        MacvlanDriver macvlan = MacvlanDriver.on("eth0");
        assertThat(apart(macvlan, macvlan.in(MacvlanMode.VEPA))).isEqualTo(macvlan);
        assertThatThrownBy(() -> apart(macvlan, L2))
                .isInstanceOf(WiringException.class)
                .hasMessageContainingAll("eth0 cannot be shared by driver macvlan", "web shares it by driver ipvlan");
        assertThatThrownBy(() -> apart(L2, macvlan))
                .isInstanceOf(WiringException.class)
                .hasMessageContainingAll("eth0 cannot be shared by driver ipvlan", "web shares it by driver macvlan");
    }

    private static Driver apart(Driver asked, Driver there) {
        var web = new Network("web", there, List.of(), false, 1500, false, Settings.NONE, true, List.of());
        return DriverPlans.of(asked).apart(asked, List.of(web));
    }
}
