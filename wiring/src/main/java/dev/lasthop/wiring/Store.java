package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is on record: a file for each network and each endpoint. To be changed under the lock; reading needs none. */
record Store(StateFolders folders) {
    /** What there are files of. */
    enum Kind {
        NETWORK("network"),
        ENDPOINT("endpoint"),
        /** How forwarding is set back; one file. */
        FORWARDING("forwarding");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        static Kind of(String word) {
            return Stream.of(values())
                    .filter(kind -> kind.word.equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there are no records of a " + word));
        }
    }

    /** The file of a record. The name is checked, as it may come from another file: none leads out of its folder. */
    Path file(Kind kind, String name) {
        return switch (kind) {
            case NETWORK -> file(folders.networks(), Names.checked("a network", name));
            case ENDPOINT -> {
                int at = name.indexOf('@');
                Names.checked("an endpoint", at < 0 ? name : name.substring(0, at));
                Names.checked("a network", name.substring(at + 1));
                yield file(folders.endpoints(), name);
            }
            case FORWARDING -> folders.forwarding();
        };
    }

    List<Network> networks() {
        return StateFile.list(folders.networks()).stream()
                .flatMap(file -> StateFile.read(file, Network::ofRecord).stream())
                .toList();
    }

    Optional<Network> network(String name) {
        return StateFile.read(file(folders.networks(), name), Network::ofRecord);
    }

    /** @throws WiringException if there is none, naming those that there are */
    Network requireNetwork(String name) {
        return network(Names.checked("a network", name)).orElseThrow(() -> {
            List<String> names = networks().stream().map(Network::name).toList();
            return new WiringException("there is no network " + Names.shown(name) + "; "
                    + (names.isEmpty()
                            ? "there are none yet. lasthop network create " + name + " --subnet PREFIX makes one"
                            : "there are: " + String.join(", ", names)));
        });
    }

    List<Endpoint> endpoints() {
        return StateFile.list(folders.endpoints()).stream()
                .flatMap(file -> StateFile.read(file, Endpoint::ofRecord).stream())
                .toList();
    }

    List<Endpoint> endpoints(String network) {
        return endpoints().stream()
                .filter(endpoint -> endpoint.network().equals(network))
                .toList();
    }

    Optional<Endpoint> endpoint(String name, String network) {
        return StateFile.read(file(folders.endpoints(), Endpoint.id(name, network)), Endpoint::ofRecord);
    }

    /** To be called under the lock. */
    void sweep() {
        List.of(folders.networks(), folders.endpoints(), folders.journal(), folders.run())
                .forEach(StateFile::sweep);
    }

    Leases leases(String network) {
        return new Leases(folders.leases().resolve(network));
    }

    /** What was begun and not ended; also that which is still being worked at. */
    List<Work.Unfinished> unfinished() {
        return StateFile.list(folders.journal()).stream()
                .flatMap(file -> StateFile.read(file, json -> Work.Unfinished.ofJson(file, json)).stream())
                .toList();
    }

    /** How forwarding is set back to what it was before the first network. */
    List<Step> forwardingBefore() {
        return StateFile.read(
                        folders.forwarding(),
                        json -> json.objects("undo").stream().map(Step::ofJson).toList())
                .orElse(List.of());
    }

    static JsonObject forwardingRecord(List<Step> undo) {
        return JsonObject.builder().put("undo", undo, Step::toJson).build();
    }

    private static Path file(Path folder, String name) {
        return folder.resolve(name + ".json");
    }
}
