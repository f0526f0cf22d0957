package dev.lasthop.wiring;

import static dev.lasthop.wiring.HostAndOutside.C1;
import static dev.lasthop.wiring.HostAndOutside.C2;
import static dev.lasthop.wiring.HostAndOutside.V4;
import static dev.lasthop.wiring.HostAndOutside.V6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FTP and TFTP through published ports, with Debian's vsftpd, tftpd-hpa and curl. */
@KernelTest
class HelperKernelTest {
    private static final String CONTENT = "hello";

    private Path folder;
    private HostAndOutside place;
    private Wiring wiring;

    @BeforeEach
    void wire() throws IOException {
        for (String program : List.of("vsftpd", "in.tftpd", "curl")) {
            assumeTrue(
                    Tool.attempt("sh", "-c", "command -v " + program).exit() == 0,
                    program + " is not installed (apt-get install vsftpd tftpd-hpa curl)");
        }
        // the servers give up their rights, and must still be able to read it
        folder = Files.createTempDirectory(
                "lasthop-ftp", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        place = new HostAndOutside(folder.resolve("lasthop"));
        wiring = place.wiring;
        wiring.createNetwork(NetworkSpec.of("web", V4, V6));
        wiring.connect(ConnectSpec.of(C1, "web"));
        wiring.connect(ConnectSpec.of(C2, "web"));
        for (String address : List.of("192.0.2.1", "2001:db8::1")) {
            Wait.until("outside reaches " + address, () -> place.network.ping("outside", address));
        }
        for (String address : List.of("fd88::2", "fd88::3")) {
            Wait.until("the host reaches " + address, () -> place.network.ping("host", address));
        }
    }

    @AfterEach
    void close() {
        if (place != null) {
            place.close();
            Tool.run("rm", "-r", folder.toString());
        }
    }

    @Test
    void filesComePassivelyAndActivelyFromEverywhere() throws IOException {
        Path files = Files.createDirectory(folder.resolve("files"));
        Files.writeString(files.resolve("file"), CONTENT);
        Path settings = folder.resolve("vsftpd.conf");
        Files.writeString(settings, """
                listen=NO
                listen_ipv6=YES
                background=NO
                anonymous_enable=YES
                no_anon_password=YES
                seccomp_sandbox=NO
                connect_from_port_20=YES
                anon_root=%s
                secure_chroot_dir=%s
                """.formatted(files, Files.createDirectory(folder.resolve("empty"))));
        place.network.start("c1", "vsftpd", settings.toString());
        Wait.until("vsftpd", () -> place.network.in("c1", "ss", "-Hltn").contains(":21"));
        List<String> before = place.state();
        wiring.publish("c1", PublishedPort.parse("2122:21"));
        assertThat(get("outside", "ftp://192.0.2.1:2122/file", "--disable-epsv"))
                .as("without a helper the address in the answer is the container's own")
                .isNotEqualTo(CONTENT);
        wiring.unpublish("c1", PublishedPort.parse("2122:21"));
        PublishedPort port = PublishedPort.parse("2121:21").speaking(Optional.of(Application.FTP));
        wiring.publish("c1", port);
        List<String> failed = new ArrayList<>();
        for (String from : List.of("outside", "c2", "c1", "host")) {
            for (String address : List.of("192.0.2.1", "[2001:db8::1]")) {
                String url = "ftp://" + address + ":2121/file";
                for (String[] way : List.of(
                        new String[] {}, // EPSV
                        new String[] {"-P", "-"}, // EPRT
                        new String[] {"--disable-epsv"}, // PASV
                        new String[] {"-P", "-", "--disable-eprt"})) { // PORT
                    String got = get(from, url, way);
                    if (!got.equals(CONTENT)) {
                        failed.add(from + " " + url + " " + String.join(" ", way) + ": " + got);
                    }
                }
            }
        }
        assertThat(failed).isEmpty();
        assertThat(wiring.repair().found()).isEmpty();
        place.nft("flush", "chain", "inet", "lasthop", "ftp-prerouting");
        assertThat(wiring.repair().found()).singleElement().asString().contains("helper ftp");
        assertThat(get("outside", "ftp://192.0.2.1:2121/file", "--disable-epsv"))
                .isEqualTo(CONTENT);
        wiring.unpublish("c1", port);
        assertThat(place.nft("list", "set", "inet", "lasthop", "ftp4")).doesNotContain("elements");
        assertThat(before).isNotEmpty();
    }

    @Test
    void datagramsOfAServerThatAnswersFromAnotherPortComeBack() throws IOException {
        Path files = Files.createDirectory(folder.resolve("files"));
        Files.writeString(files.resolve("file"), CONTENT);
        place.network.start("c1", "in.tftpd", "--foreground", "--listen", "--secure", files.toString());
        Wait.until("in.tftpd", () -> place.network.in("c1", "ss", "-Hlun").contains(":69"));
        wiring.publish("c1", PublishedPort.parse("6969:69/udp").speaking(Optional.of(Application.TFTP)));
        for (String from : List.of("outside", "c2", "c1", "host")) {
            for (String address : List.of("192.0.2.1", "[2001:db8::1]")) {
                assertThat(get(from, "tftp://" + address + ":6969/file"))
                        .as(from + " " + address)
                        .isEqualTo(CONTENT);
            }
        }
    }

    @Test
    void aHelperIsSpokenOverItsOwnProtocol() {
        assertThatThrownBy(() -> PublishedPort.parse("21:21/udp").speaking(Optional.of(Application.FTP)))
                .hasMessageContaining("ftp is spoken over tcp");
        assertThatThrownBy(() -> Application.parse("sip")).hasMessageContaining("there are: ftp, tftp");
    }

    private String get(String from, String url, String... way) {
        List<String> words = new ArrayList<>(List.of("curl", "-sS", "-g", "-m", "5", url));
        words.addAll(List.of(way));
        return place.network.attempt(from, words.toArray(String[]::new)).output();
    }
}
