package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
        return networks(new ArrayList<>());
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
        return endpoints(_ -> true, new ArrayList<>());
    }

    List<Endpoint> endpoints(String network) {
        return endpoints().stream()
                .filter(endpoint -> endpoint.network().equals(network))
                .toList();
    }

    /**
     * Those of a name or an id, on whatever networks. Their files are named so: no other is read.
     *
     * @param name as users gave it
     */
    List<Endpoint> endpointsNamed(String name) {
        return endpoints(
                file -> {
                    String id = file.getFileName().toString().replaceFirst("\\.json$", "");
                    return id.equals(name) || id.startsWith(name + "@");
                },
                new ArrayList<>());
    }

    private List<Network> networks(List<StateFile.Damaged> damaged) {
        return StateFile.readAll(folders.networks(), _ -> true, (_, json) -> Network.ofRecord(json), damaged);
    }

    private List<Endpoint> endpoints(Predicate<Path> wanted, List<StateFile.Damaged> damaged) {
        return StateFile.readAll(folders.endpoints(), wanted, (_, json) -> Endpoint.ofRecord(json), damaged);
    }

    private List<Work.Unfinished> unfinished(List<StateFile.Damaged> damaged) {
        return StateFile.readAll(folders.journal(), _ -> true, Work.Unfinished::ofJson, damaged);
    }

    Optional<Endpoint> endpoint(String name, String network) {
        return StateFile.read(file(folders.endpoints(), Endpoint.id(name, network)), Endpoint::ofRecord);
    }

    /** The files that cannot be read, by path, each with the reason and what to do about it. */
    List<String> damaged() {
        List<StateFile.Damaged> records = new ArrayList<>();
        networks(records);
        endpoints(_ -> true, records);
        List<StateFile.Damaged> works = new ArrayList<>();
        unfinished(works);
        return Stream.concat(
                        records.stream()
                                .map(damaged -> String.valueOf(damaged.why().getMessage())),
                        works.stream()
                                .map(damaged -> damaged.reason() + ". What it was about can be neither ended nor taken"
                                        + " back. lasthop gc sets it aside, so that it is in nobody's way"))
                .toList();
    }

    /**
     * Sets the files of the journal aside that cannot be read, and keeps them: somebody may still know what they said. In words, what they
     * are now. To be called under the lock.
     */
    List<String> setAside() {
        List<StateFile.Damaged> damaged = new ArrayList<>();
        unfinished(damaged);
        new FileJournal(folders.temporary()).unfinished(damaged);
        return damaged.stream()
                .filter(one -> !Work.isHeld(one.file()))
                .map(
                        one -> one.reason()
                                + ". What it was about can be neither ended nor taken back, and stays as it is. It is"
                                + " kept as " + StateFile.setAside(one.file())
                                + "; lasthop repair --check says what differs from what is on record, ip link what is there besides")
                .toList();
    }

    /** Whether there is a network of which nothing is known but that. */
    boolean hasDamagedNetwork() {
        List<StateFile.Damaged> damaged = new ArrayList<>();
        networks(damaged);
        return !damaged.isEmpty();
    }

    /**
     * Whether there is a record of an endpoint, readable or not.
     *
     * @param id as {@link Endpoint#id} gives it
     */
    boolean isOnRecord(String id) {
        return Files.exists(file(folders.endpoints(), id));
    }

    /** The names of a network's endpoints whose records cannot be read: a record's file is named after both. */
    List<String> damagedEndpoints(String network) {
        String end = "@" + network + ".json";
        Set<String> known = endpoints(network).stream().map(Endpoint::name).collect(Collectors.toSet());
        return StateFile.list(folders.endpoints()).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(end))
                .map(name -> name.substring(0, name.length() - end.length()))
                .filter(name -> !known.contains(name))
                .toList();
    }

    /** The connections of the namespace that has this number. */
    List<Endpoint> endpointsIn(long inode) {
        return namespaceIndex().endpoints(inode).stream()
                .flatMap(id -> readable(id).stream())
                .filter(endpoint -> endpoint.inode() == inode)
                .toList();
    }

    /** Who has an address. A lease of somebody who is not on record (any more) is nobody's. */
    Optional<Endpoint> holder(String network, IpAddress address) {
        return leases(network)
                .holder(address)
                .filter(lease -> !lease.holder().isEmpty())
                .flatMap(lease -> endpoint(lease.holder(), network));
    }

    /** Puts a record in its place. An endpoint is in the index before it is on record, and as long as it is. */
    void write(Kind kind, String name, JsonObject content) {
        if (kind == Kind.ENDPOINT) {
            namespaceIndex().add(content.longInteger("inode"), name);
        }
        StateFile.write(file(kind, name), content);
    }

    /** Takes a record away, the index first: whoever is killed between the two still finds both by the record. */
    void delete(Kind kind, String name) {
        if (kind == Kind.ENDPOINT) {
            readable(name).ifPresent(endpoint -> namespaceIndex().remove(endpoint.inode(), name));
        }
        StateFile.delete(file(kind, name));
    }

    /** The endpoint; empty too where its record is damaged. */
    private Optional<Endpoint> readable(String id) {
        try {
            return StateFile.read(file(Kind.ENDPOINT, id), Endpoint::ofRecord);
        } catch (WiringException e) {
            return Optional.empty();
        }
    }

    private NamespaceIndex namespaceIndex() {
        return new NamespaceIndex(folders.namespaces());
    }

    /** To be called under the lock. What it costs does not depend on how many endpoints there are. */
    void sweepJournal() {
        StateFile.sweep(folders.journal());
    }

    /** To be called under the lock. */
    void sweep() {
        List.of(folders.networks(), folders.endpoints(), folders.journal(), folders.run())
                .forEach(StateFile::sweep);
    }

    PortFiles ports() {
        return new PortFiles(folders.ports());
    }

    /** @param id as {@link Endpoint#id} gives it */
    Optional<Endpoint> endpoint(String id) {
        return StateFile.read(file(folders.endpoints(), id), Endpoint::ofRecord);
    }

    Leases leases(String network) {
        try {
            Optional<Network> known = network(network);
            if (known.isPresent()) {
                return leases(known.get());
            }
        } catch (WiringException e) {
            // damaged; what is taken is in the folder all the same
        }
        return new Leases(folders.leases().resolve(network), List.of(), List.of());
    }

    Leases leases(Network network) {
        LeaseRanges ranges = network.settings().find(LeaseRanges.class).orElse(LeaseRanges.ALL);
        return Leases.of(folders.leases().resolve(network.name()), network.subnets(), ranges);
    }

    /** What was begun and not ended; also that which is still being worked at. */
    List<Work.Unfinished> unfinished() {
        return unfinished(new ArrayList<>());
    }

    /** How forwarding is set back to what it was before the first network; nothing of an earlier start of the machine. */
    List<Step> forwardingBefore() {
        return StateFile.read(
                        folders.forwarding(),
                        json -> json.has("boot") && json.string("boot").equals(Boot.id())
                                ? json.objects("undo").stream()
                                        .map(Step::ofJson)
                                        .toList()
                                : List.<Step>of())
                .orElse(List.of());
    }

    static JsonObject forwardingRecord(List<Step> undo) {
        return JsonObject.builder()
                .put("boot", Boot.id())
                .put("undo", undo, Step::toJson)
                .build();
    }

    private static Path file(Path folder, String name) {
        return folder.resolve(name + ".json");
    }
}
