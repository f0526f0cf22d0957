package dev.lasthop.cli.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Faults;
import dev.lasthop.lab.LabNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pages under docs/faults are what the faults' classes say. With LASTHOP_WRITE_PAGES=yes (docs/write-fault-pages) this writes
 * them instead.
 */
class FaultPagesTest {
    private static final Path FOLDER = Path.of("..", "docs", "faults");

    @Test
    void thePagesAreUpToDate() throws IOException {
        Map<String, String> wanted = pages();
        if ("yes".equals(System.getenv("LASTHOP_WRITE_PAGES"))) {
            write(wanted);
        }
        Map<String, String> present = present();
        var names = new TreeSet<>(wanted.keySet());
        names.addAll(present.keySet());
        assertThat(names)
                .as("pages that are not what the faults say: run docs/write-fault-pages")
                .filteredOn(name -> !Objects.equals(wanted.get(name), present.get(name)))
                .isEmpty();
    }

    @Test
    void idsAreUniqueAndPlain() {
        List<String> ids = Faults.all().stream().map(Fault::id).toList();
        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z0-9]+(-[a-z0-9]+)*"));
    }

    @Test
    void everyFaultIsMadeInANetworkThatTheLabHas() {
        assertThat(Faults.all())
                .allSatisfy(fault -> assertThat(fault.injections())
                        .allMatch(injection ->
                                LabNetwork.find(injection.network()).isPresent()));
    }

    @Test
    void everyPageSaysSomething() {
        assertThat(Faults.all()).allSatisfy(fault -> {
            assertThat(fault.title()).as(fault.id()).isNotBlank().doesNotEndWith(".");
            assertThat(fault.page().recognised()).as(fault.id()).isNotBlank();
            assertThat(fault.page().mending()).as(fault.id()).isNotBlank();
        });
    }

    private static Map<String, String> pages() {
        var pages = new TreeMap<String, String>();
        List<Fault> all = Faults.all();
        pages.put("README.md", FaultPage.index(all));
        all.forEach(fault -> pages.put(FaultPage.file(fault), FaultPage.markdown(fault)));
        return new LinkedHashMap<>(pages);
    }

    private static Map<String, String> present() throws IOException {
        var pages = new TreeMap<String, String>();
        if (Files.isDirectory(FOLDER)) {
            try (Stream<Path> files = Files.list(FOLDER)) {
                for (Path file : files.toList()) {
                    pages.put(file.getFileName().toString(), Files.readString(file));
                }
            }
        }
        return new LinkedHashMap<>(pages);
    }

    private static void write(Map<String, String> pages) throws IOException {
        Files.createDirectories(FOLDER);
        for (String old : present().keySet()) {
            if (!pages.containsKey(old)) {
                Files.delete(FOLDER.resolve(old));
            }
        }
        for (Map.Entry<String, String> page : pages.entrySet()) {
            Files.writeString(FOLDER.resolve(page.getKey()), page.getValue());
        }
    }
}
