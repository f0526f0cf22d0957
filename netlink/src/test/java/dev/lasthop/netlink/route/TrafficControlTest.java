package dev.lasthop.netlink.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IfIndex;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Hex;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.route.TrafficControl.Action;
import dev.lasthop.netlink.route.TrafficControl.Mirred;
import dev.lasthop.netlink.route.TrafficControl.Tbf;
import dev.lasthop.netlink.route.TrafficControl.U32;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Qdiscs, filters and actions: what this package tells the kernel as tc shows it, and what tc told the kernel as this package reads it. */
class TrafficControlTest {
    @Test
    void arbitraryOptionsAreReadOrRefused() {
        Attributes bucket = Attributes.of(Tbf.options(5_000_000_000L, 1 << 20, 1 << 24));
        Hex.damage(bucket.encode(), bytes -> {
            Attributes some = Attributes.decode(bytes.read());
            Tbf.bytesPerSecond(some);
            some.get(Tbf.PARAMETERS);
            some.get(Tbf.BURST);
        });
        Attributes filter = Attributes.of(U32.everything(), U32.action(Action.redirect(new IfIndex(7))));
        Hex.damage(filter.encode(), bytes -> {
            Attributes some = Attributes.decode(bytes.read());
            some.get(U32.SELECTOR);
            some.get(U32.ACTIONS)
                    .flatMap(Action::only)
                    .ifPresent(action -> action.parameters().get(Mirred.PARAMETERS));
        });
        assertThatThrownBy(() -> U32.SELECTOR
                        .reader()
                        .apply(Bytes.of(new byte[] {1, 0, 2, 0}).read()))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("TCA_U32_SEL");
    }

    @Test
    void aRateOfMoreThan32BitsIsReadBack() {
        assertThat(Tbf.bytesPerSecond(Attributes.of(Tbf.options(12_500_000_000L, 1, 1))))
                .isEqualTo(12_500_000_000L);
        assertThat(Tbf.bytesPerSecond(Attributes.of(Tbf.options(4_294_967_295L, 1, 1))))
                .isEqualTo(4_294_967_295L);
        assertThat(Tbf.bytesPerSecond(Attributes.NONE)).isZero();
    }

    @Test
    @KernelTest
    @SuppressWarnings("try") // a network is there to be closed
    void bucketsAndRedirectionsAsTcSeesThem() {
        try (var network = new TestNetwork().namespace("a").namespace("b").veth("a", "e0", "b", "e0");
                var a = NetworkNamespace.open(Path.of("/run/netns/a"));
                var route = RouteSocket.open(a)) {
            network.ip("a", "link add ifb7 type ifb").ip("a", "link set ifb7 up");
            IfIndex e0 = route.index("e0");
            IfIndex ifb = route.index("ifb7");
            assertThat(route.qdisc(e0, QdiscMessage.ROOT)).isEmpty();
            assertThat(route.qdisc(e0, QdiscMessage.INGRESS)).isEmpty();
            assertThat(route.filters(e0, FilterMessage.RECEIVED)).isEmpty();
            route.replace(
                    QdiscMessage.of(e0, 0x10000, QdiscMessage.ROOT, "tbf", Tbf.options(1_250_000, 12_500, 75_000)));
            assertThat(Tool.line("tc -n a qdisc show dev e0 root"))
                    .contains("qdisc tbf 1: root", "rate 10Mbit burst 12500b", "lat 50ms");
            route.replace(QdiscMessage.of(
                    e0, 0x10000, QdiscMessage.ROOT, "tbf", Tbf.options(5_000_000_000L, 1_250_000, 7_500_000)));
            assertThat(Tool.line("tc -n a qdisc show dev e0 root")).contains("rate 40Gbit");
            assertThat(route.qdisc(e0, QdiscMessage.ROOT).map(qdisc -> Tbf.bytesPerSecond(qdisc.options())))
                    .contains(5_000_000_000L);
            route.create(QdiscMessage.of(e0, 0, QdiscMessage.INGRESS, "clsact"));
            FilterMessage filter = FilterMessage.of(
                    e0,
                    FilterMessage.RECEIVED,
                    19528,
                    FilterMessage.ALL,
                    "u32",
                    U32.everything(),
                    U32.action(Action.redirect(ifb)));
            route.create(filter);
            assertThat(Tool.line("tc -n a -j filter show dev e0 ingress"))
                    .contains("\"pref\":19528", "\"value\":\"0\",\"mask\":\"0\"")
                    .contains("\"mirred_action\":\"redirect\",\"direction\":\"egress\",\"to_dev\":\"ifb7\"");
            assertThat(redirected(route.filters(e0, FilterMessage.RECEIVED))).contains(ifb);
            route.delete(FilterMessage.at(e0, FilterMessage.RECEIVED, 19528, FilterMessage.ALL));
            assertThat(route.filters(e0, FilterMessage.RECEIVED)).isEmpty();
            Tool.line("tc -n a filter add dev e0 ingress protocol all prio 5 u32 match u32 0 0"
                    + " action mirred egress redirect dev ifb7");
            List<FilterMessage> ofTc = route.filters(e0, FilterMessage.RECEIVED);
            assertThat(redirected(ofTc)).contains(ifb);
            assertThat(ofTc).allMatch(one -> one.priority() == 5 && one.protocol() == FilterMessage.ALL);
            route.delete(QdiscMessage.at(e0, QdiscMessage.ROOT));
            route.delete(QdiscMessage.at(e0, QdiscMessage.INGRESS));
            assertThat(Tool.line("tc -n a qdisc show dev e0")).isEqualTo("qdisc noqueue 0: root refcnt 2 \n");
            assertThatThrownBy(() -> route.delete(QdiscMessage.at(e0, QdiscMessage.ROOT)))
                    .isInstanceOf(KernelException.class);
        }
    }

    private static Optional<IfIndex> redirected(List<FilterMessage> filters) {
        return filters.stream()
                .flatMap(filter -> filter.attributes().get(FilterMessage.OPTIONS).stream())
                .flatMap(options -> options.get(U32.ACTIONS).stream())
                .flatMap(actions -> Action.only(actions).stream())
                .flatMap(action -> action.parameters().get(Mirred.PARAMETERS).stream())
                .filter(mirred -> mirred.kind() == Mirred.REDIRECT_OUT && mirred.verdict() == Mirred.STOLEN)
                .map(Mirred::to)
                .findFirst();
    }
}
