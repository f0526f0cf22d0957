package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep.IpvlanMode;
import dev.lasthop.wiring.step.LinkStep.MacvlanMode;
import dev.lasthop.wiring.step.Place;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept on disk: read back as it was written, and read as older versions wrote it. */
class RecordTest {
    private static final String OLD_NETWORK = """
            {"name": "web", "driver": "bridge", "bridge": "lh-web",
             "subnets": [{"prefix": "10.88.0.0/24", "gateway": "10.88.0.1"}],
             "internal": false, "mtu": 1500, "masquerade": true, "complete": true,
             "undo": [{"step": "link-delete", "place": "host", "name": "lh-web"}]}
            """;
    private static final String OLD_ENDPOINT = """
            {"name": "c1", "network": "web", "namespace": "netns:c1", "interface": "eth0",
             "hostInterface": "lh0123456789ab", "mac": "02:00:00:00:00:01", "addresses": ["10.88.0.2/24"],
             "ports": ["8080:80/tcp"], "inode": 4026532000, "complete": true, "undo": []}
            """;

    @Test
    void whatOlderVersionsWroteIsRead() {
        Network network = Network.ofRecord(object(OLD_NETWORK));
        assertThat(network.driver()).isEqualTo(BridgeDriver.named("lh-web"));
        assertThat(network.settings()).isEqualTo(Settings.NONE);
        assertThat(BridgePlans.isOwn(network)).isTrue();
        Endpoint endpoint = Endpoint.ofRecord(object(OLD_ENDPOINT));
        assertThat(endpoint.hostLink()).contains("lh0123456789ab");
        assertThat(endpoint.settings()).isEqualTo(Settings.NONE);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        var attached = new AttachedLink(
                "eth7",
                MacAddress.parse("02:00:00:00:00:07"),
                9000,
                true,
                true,
                List.of(new AddressStep.Add(Place.HOST, "eth7", Prefix.parse("192.0.2.7/24"), true)));
        Network network = Network.ofRecord(object(OLD_NETWORK));
        assertThat(Network.ofRecord(network.toRecord())).isEqualTo(network);
        Network more = network.with(attached);
        assertThat(Network.ofRecord(more.toRecord())).isEqualTo(more);
        Endpoint endpoint = Endpoint.ofRecord(object(OLD_ENDPOINT));
        assertThat(Endpoint.ofRecord(endpoint.toRecord())).isEqualTo(endpoint);
        Endpoint with = endpoint.with(attached);
        assertThat(Endpoint.ofRecord(with.toRecord())).isEqualTo(with);
        assertThat(with.settings().find(AttachedLink.class)).contains(attached);
        assertThat(with.settings().without(AttachedLink.class)).isEqualTo(Settings.NONE);
    }

    @Test
    void everyDriverIsReadBack() {
        Network network = Network.ofRecord(object(OLD_NETWORK));
        for (Driver driver : List.of(
                BridgeDriver.named("br0"),
                new RoutedDriver(1_234_567_890),
                MacvlanDriver.on("eth0").in(MacvlanMode.PASSTHRU),
                MacvlanDriver.on("eth0").withShim(IpAddress.parse("fd00::9"), IpAddress.parse("10.88.0.9")),
                new IpvlanDriver("eth0", IpvlanMode.L3S),
                new AttachDriver())) {
            var of = new Network("web", driver, network.subnets(), false, 0, false, Settings.NONE, true, List.of());
            assertThat(Network.ofRecord(of.toRecord())).isEqualTo(of);
        }
    }

    @Test
    void whatANewerVersionWroteIsRefusedByName() {
        assertThatThrownBy(() -> Network.ofRecord(object(OLD_NETWORK.replace("\"bridge\",", "\"teleport\","))))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("teleport");
        String settings = OLD_NETWORK.replaceFirst("\\{", "{\"settings\": {\"colour\": {}}, ");
        assertThatThrownBy(() -> Network.ofRecord(object(settings)))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("colour");
    }

    private static JsonObject object(String text) {
        return (JsonObject) Json.read(text);
    }
}
