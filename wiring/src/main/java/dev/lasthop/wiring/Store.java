package dev.lasthop.wiring;

import dev.lasthop.wiring.step.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is on record: a file for each network and each endpoint. To be changed under the lock; reading needs none. */
record Store(StateFolders folders) {
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

    void save(Network network) {
        StateFile.write(file(folders.networks(), network.name()), network.toRecord());
    }

    void delete(Network network) {
        StateFile.delete(file(folders.networks(), network.name()));
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

    void save(Endpoint endpoint) {
        StateFile.write(file(folders.endpoints(), endpoint.id()), endpoint.toRecord());
    }

    void delete(Endpoint endpoint) {
        StateFile.delete(file(folders.endpoints(), endpoint.id()));
    }

    /** To be called under the lock. */
    void sweep() {
        List.of(folders.networks(), folders.endpoints(), folders.journal(), folders.run())
                .forEach(StateFile::sweep);
    }

    Leases leases(String network) {
        return new Leases(folders.leases().resolve(network));
    }

    FileJournal journal() {
        return new FileJournal(folders.journal());
    }

    /** How forwarding is set back to what it was before the first network. */
    List<Step> forwardingBefore() {
        return StateFile.read(
                        folders.forwarding(),
                        json -> json.objects("undo").stream().map(Step::ofJson).toList())
                .orElse(List.of());
    }

    void saveForwardingBefore(List<Step> undo) {
        StateFile.write(
                folders.forwarding(),
                dev.lasthop.json.JsonObject.builder()
                        .put("undo", undo, Step::toJson)
                        .build());
    }

    void forgetForwarding() {
        StateFile.delete(folders.forwarding());
    }

    private static Path file(Path folder, String name) {
        return folder.resolve(name + ".json");
    }
}
