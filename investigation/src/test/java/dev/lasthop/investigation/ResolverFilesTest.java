package dev.lasthop.investigation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.IpAddress;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ResolverFilesTest {
    private static final ResolverFiles FILES = ResolverFiles.parse("/etc/resolv.conf", """
            # made by somebody
            nameserver 192.0.2.53 ; the first
            nameserver fe80::1%eth0
            nameserver fd00::53
            search corp.example example.org
            options timeout:1 ndots:2
            nonsense
            """, """
            127.0.0.1 localhost
            192.0.2.9 db DB.example # the database
            fd00::9 db
            999.0.0.1 db
            """);

    @Test
    void readsServersAndOptions() {
        assertThat(FILES.servers()).containsExactly(IpAddress.parse("192.0.2.53"), IpAddress.parse("fd00::53"));
        assertThat(FILES.dots()).isEqualTo(2);
    }

    @Test
    void completesShortNames() {
        assertThat(FILES.candidates("db")).containsExactly("db.corp.example", "db.example.org", "db");
        assertThat(FILES.candidates("a.b.c")).startsWith("a.b.c");
        assertThat(FILES.candidates("db.")).containsExactly("db.");
        assertThat(FILES.candidates("not a name")).isEmpty();
    }

    @Test
    void readsHosts() {
        assertThat(FILES.local("db")).containsExactly(IpAddress.parse("192.0.2.9"), IpAddress.parse("fd00::9"));
        assertThat(FILES.local("Db.Example")).containsExactly(IpAddress.parse("192.0.2.9"));
        assertThat(FILES.local("web")).isEmpty();
    }

    @Test
    void withoutServersAsksTheMachineItself() {
        assertThat(ResolverFiles.parse("f", "", "").servers()).isEqualTo(List.of(IpAddress.parse("127.0.0.1")));
    }

    @Test
    void aNameIsNoPath() {
        assertThat(ResolverFiles.of("netns:../../root", OptionalLong.empty()).file())
                .isEqualTo("/etc/resolv.conf");
    }
}
