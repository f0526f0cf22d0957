package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases as files, without a kernel. */
class LeasesTest {
    private static final Subnet SMALL =
            Subnet.of(Prefix.parse("10.0.0.0/29")); // .1 is the gateway, .2 to .6 are for endpoints

    @TempDir
    Path folder;

    private Path web;

    @BeforeEach
    void name() {
        web = folder.resolve("web");
    }

    @Test
    void leasesGoRoundAndAreGivenBack() {
        Leases leases = Leases.of(web, List.of(SMALL), LeaseRanges.ALL);
        for (int i = 2; i <= 6; i++) {
            assertThat(take(leases, SMALL, "c" + i)).hasToString("10.0.0." + i);
        }
        assertThatThrownBy(() -> leases.choose(SMALL))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("10.0.0.2 c2, 10.0.0.3 c3");
        leases.release(IpAddress.parse("10.0.0.4"), "somebody else");
        assertThatThrownBy(() -> leases.choose(SMALL)).isInstanceOf(WiringException.class);
        leases.release(IpAddress.parse("10.0.0.4"), "c4");
        assertThat(leases.choose(SMALL)).hasToString("10.0.0.4");
        assertThat(leases.all())
                .hasSize(4)
                .first()
                .hasToString("Lease[address=10.0.0.2, holder=c2, interfaceName=eth0]");
    }

    @Test
    void rangesAndWhatIsExcludedFromThem() {
        Subnet v4 = Subnet.of(Prefix.parse("10.1.0.0/16"));
        Subnet v6 = Subnet.of(Prefix.parse("fd00::/64"));
        var ranges = new LeaseRanges(
                Stream.of("10.1.2.254-10.1.3.1", "10.1.9.9", "fd00::5:0-fd00::5:2")
                        .map(AddressRange::parse)
                        .toList(),
                Stream.of("10.1.2.255-10.1.3.0", "fd00::5:1")
                        .map(AddressRange::parse)
                        .toList());
        Leases leases = Leases.of(web, List.of(v4, v6), ranges.checked(List.of(v4, v6)));
        assertThat(Stream.generate(() -> take(leases, v4, "c").toString()).limit(3))
                .containsExactly("10.1.2.254", "10.1.3.1", "10.1.9.9");
        assertThat(Stream.generate(() -> take(leases, v6, "c").toString()).limit(2))
                .containsExactly("fd00::5:0", "fd00::5:2");
        assertThatThrownBy(() -> leases.choose(v4)).hasMessageContaining("no address is free");
        assertThatThrownBy(() -> leases.choose(v6)).hasMessageContaining("no address is free");
        leases.take(IpAddress.parse("10.1.2.255"), "static", "eth0"); // who asks for it gets it
        assertThat(Setting.ofJson(LeaseRanges.KEY, ranges.toJson())).isEqualTo(ranges);
    }

    @Test
    void rangesThatAreNoneAreRefused() {
        List<Subnet> subnets = List.of(SMALL);
        for (String text : List.of("10.0.1.0-10.0.1.9", "10.0.0.6-10.0.0.7", "10.0.0.0-10.0.0.3", "fd00::1")) {
            var ranges = new LeaseRanges(List.of(AddressRange.parse(text)), List.of());
            assertThatThrownBy(() -> ranges.checked(subnets)).as(text).isInstanceOf(WiringException.class);
        }
        for (String text : List.of("", "-", "10.0.0.2-", "10.0.0.3-10.0.0.2", "10.0.0.2-fd00::1", "x-y")) {
            assertThatThrownBy(() -> AddressRange.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theLastFreeOneOfManyIsFound() {
        Subnet subnet = Subnet.of(Prefix.parse("10.2.0.0/21"));
        Leases leases = Leases.of(web, List.of(subnet), LeaseRanges.ALL);
        for (int i = 0; i < 2045; i++) {
            take(leases, subnet, "c");
        }
        assertThatThrownBy(() -> leases.choose(subnet)).hasMessageContaining("and 2035 more");
        for (String free : List.of("10.2.7.254", "10.2.0.2", "10.2.3.77", "10.2.3.76")) {
            leases.release(IpAddress.parse(free), "c");
            assertThat(take(leases, subnet, "c")).hasToString(free);
        }
    }

    @Test
    void hostLocalInTheSameFolder() throws IOException {
        Leases leases = Leases.of(web, List.of(SMALL), LeaseRanges.ALL);
        take(leases, SMALL, "c2");
        Files.writeString(web.resolve("10.0.0.3"), "0123abcd\r\neth0"); // host-local's own
        assertThat(take(leases, SMALL, "c4")).hasToString("10.0.0.4");
        take(leases, SMALL, "c5");
        take(leases, SMALL, "c6");
        Files.delete(web.resolve("10.0.0.4")); // it gives one back that is not its own: the index says that it is taken
        assertThat(take(leases, SMALL, "c7")).hasToString("10.0.0.4");
        Files.delete(web.resolve("10.0.0.3"));
        assertThat(take(leases, SMALL, "c8")).hasToString("10.0.0.3");
    }

    @Test
    void whatIsNoLeaseIsNeverGivenOut() throws IOException {
        Leases leases = Leases.of(web, List.of(SMALL), LeaseRanges.ALL);
        Files.createDirectories(web.resolve("10.0.0.2"));
        Files.createFile(web.resolve("10.0.0.3")); // its maker was killed before it wrote
        Files.write(web.resolve("10.0.0.4"), new byte[] {(byte) 0xff, 0, 13, 10, 27});
        Files.writeString(web.resolve("last_reserved_ip.0"), "nonsense");
        Files.createDirectories(web.resolve(".taken-10.0.0.1"));
        assertThat(take(leases, SMALL, "c5")).hasToString("10.0.0.5");
        assertThat(take(leases, SMALL, "c6")).hasToString("10.0.0.6");
        assertThatThrownBy(() -> leases.choose(SMALL))
                .hasMessageContaining("10.0.0.2 something that is no lease but a folder (" + web.resolve("10.0.0.2"))
                .hasMessageContaining("10.0.0.3 nobody");
        leases.release(IpAddress.parse("10.0.0.3"), "whoever");
        assertThat(take(leases, SMALL, "c3")).hasToString("10.0.0.3");
    }

    private static IpAddress take(Leases leases, Subnet subnet, String holder) {
        IpAddress address = leases.choose(subnet);
        leases.take(address, holder, "eth0");
        return address;
    }
}
