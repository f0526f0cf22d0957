package dev.lasthop.investigation;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.Diagnosis;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Experiments;
import dev.lasthop.diagnosis.Faults;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.packet.probe.Fragmentation;
import dev.lasthop.packet.probe.Probe;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.path.PathElement;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Predictor;
import dev.lasthop.path.Question;
import dev.lasthop.path.Stage;
import dev.lasthop.path.filter.FilterWalk;
import dev.lasthop.topology.Atlas;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import dev.lasthop.topology.Recording;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.TraceRequest;
import dev.lasthop.tracing.Tracer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The whole method on the live kernel: infer the path, send probes and watch for them, and gather what is to be examined. */
public final class Investigator {
    private static final Duration SPACING = Duration.ofMillis(25);
    private static final Duration PATIENCE = Duration.ofMillis(450);

    /** A path of more namespaces than this is a loop, or not ours to follow. */
    private static final int MOST_NAMESPACES = 64;

    private static final int SMALL_PACKET = 84;
    private static final int TIME_TO_LIVE = 0; // what the source's own settings say

    private final Namespaces namespaces;
    private final Recorder recorder;
    private final Records records;

    /** @param namespaces those that a path may lead into */
    public Investigator(Namespaces namespaces, Recorder recorder) {
        this(namespaces, recorder, Records.NONE);
    }

    /** @param records of the networks that Lasthop has wired; asked only where packets were lost */
    public Investigator(Namespaces namespaces, Recorder recorder, Records records) {
        this.namespaces = namespaces;
        this.recorder = recorder;
        this.records = records;
    }

    /** What was found out, with what it rests on: the recordings are what a dossier file keeps. */
    public record Result(Report report, Dossier dossier, List<Recording> before, List<Recording> after) {
        public Result {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    /** The predicted way there and back. Sends nothing. */
    public Prediction predict(Inquiry inquiry) {
        return predict(atlas(inquiry), inquiry, identifier(inquiry));
    }

    /** Predicts, sends, watches, explains. */
    public Result investigate(Inquiry inquiry) {
        long start = System.nanoTime();
        int identifier = identifier(inquiry);
        Atlas atlas = atlas(inquiry);
        Prediction prediction = predict(atlas, inquiry, identifier);
        Snapshot before = atlas.snapshot();
        Observation observation = observe(inquiry, prediction, before, identifier);
        Set<Long> silent = FilterSuspects.unforeseen(prediction, before, observation);
        if (!silent.isEmpty()) {
            observation = observe(inquiry, prediction, before, identifier, PATIENCE, silent);
        }
        Atlas later = atlas(inquiry);
        boolean answered = observation.answered() == observation.probes().size();
        if (!answered) {
            before.namespaces().forEach(state -> later.load(state.inode()));
        }
        Snapshot after = answered ? before : later.snapshot();
        if (!answered && Ambiguous.in(prediction)) {
            before = Ambiguous.settled(before, after, prediction);
            prediction = foresee(before, prediction.question());
        }
        Experiments experiments = answered
                ? Experiments.NONE
                : new Laboratory(this, inquiry, before, prediction, observation).experiments();
        List<Dossier.Declared> declared = answered ? List.of() : records.declared();
        Dossier dossier = Dossier.of(inquiry.asked(), before, after, prediction, observation, experiments, declared);
        return result(dossier, atlas, later, start);
    }

    List<Dossier.Declared> declared() {
        return records.declared();
    }

    static Result result(Dossier dossier, Atlas before, Atlas after, long start) {
        Report report = new Diagnosis(Faults.all())
                .examine(dossier)
                .took(Duration.ofNanos(System.nanoTime() - start).toMillis());
        return new Result(report, dossier, before.recordings(), after.recordings());
    }

    /** Of the tracked connections only those that may be the flow's own are looked at. */
    Atlas atlas(Inquiry inquiry) {
        return new Atlas(
                namespaces,
                recorder.withConnections(inquiry.address().family(), inquiry.protocol(), inquiry.sourcePort()));
    }

    /** Loads one namespace after the other, as the path leads into them. */
    Prediction predict(Atlas atlas, Inquiry inquiry, int identifier) {
        NamespaceState source = atlas.load(inquiry.namespace(), inquiry.source());
        Question question = question(inquiry, source.inode(), identifier);
        Set<Long> tried = new HashSet<>();
        while (true) {
            Prediction prediction = foresee(atlas.snapshot(), question);
            List<Long> wanted = Stream.concat(Stream.of(prediction.request()), prediction.reply().stream())
                    .filter(path -> !path.isDelivered())
                    .flatMap(path -> Stream.concat(path.wanted().stream(), owners(atlas, path)))
                    .filter(tried::add)
                    .toList();
            if (!loadAll(atlas, wanted, tried) && (prediction.isHealthy() || !loadAll(atlas, beside(atlas), tried))) {
                return prediction;
            }
        }
    }

    private static boolean loadAll(Atlas atlas, List<Long> wanted, Set<Long> tried) {
        boolean loaded = false;
        for (long inode : wanted) {
            boolean isNew = atlas.snapshot().namespace(inode).isEmpty();
            loaded |= isNew
                    && tried.size() <= MOST_NAMESPACES
                    && atlas.load(inode).isPresent();
            tried.add(inode);
        }
        return loaded;
    }

    /** Where a path breaks, what is beside it explains it: the other ends of all links, who else is on the segment. */
    private static List<Long> beside(Atlas atlas) {
        Snapshot snapshot = atlas.snapshot();
        return snapshot.namespaces().stream()
                .flatMap(state -> state.links().stream())
                .flatMap(link -> link.lowerNamespace().stream().boxed())
                .filter(inode -> snapshot.namespace(inode).isEmpty())
                .distinct()
                .toList();
    }

    static Prediction foresee(Snapshot snapshot, Question question) {
        return Predictor.predict(snapshot, question, new FilterWalk());
    }

    /**
     * Where nobody answers for an address, or nobody has the MAC address that is known for it: whoever has it elsewhere. Its being elsewhere
     * may be the fault; or it is behind a link that does not tell who shares it, as a macvlan's parent.
     */
    private static Stream<Long> owners(Atlas atlas, Path path) {
        return path.obstacle().stream()
                .flatMap(obstacle -> switch (obstacle) {
                    case Obstacle.NobodyAnswers nobody -> Stream.of(nobody.wanted());
                    case Obstacle.WrongMac wrong -> Stream.of(wrong.nextHop());
                    default -> Stream.empty();
                })
                .flatMap(address -> atlas.owners(address, MOST_NAMESPACES).stream())
                .map(owner -> owner.namespace().inode());
    }

    static Question question(Inquiry inquiry, long source, int identifier) {
        return new Question(
                source,
                inquiry.address(),
                inquiry.protocol(),
                inquiry.protocol().isIcmp() ? identifier : inquiry.sourcePort(),
                inquiry.port(),
                inquiry.size() == 0 ? SMALL_PACKET : inquiry.size(),
                inquiry.size() == 0 || !inquiry.fragment(),
                TIME_TO_LIVE,
                java.util.Optional.empty(),
                0);
    }

    /** Echo requests have an identifier of their own, so that they are known among all others. */
    static int identifier(Inquiry inquiry) {
        return inquiry.sourcePort() != 0
                ? inquiry.sourcePort()
                : ThreadLocalRandom.current().nextInt(0x1000, 0x10000);
    }

    Observation observe(Inquiry inquiry, Prediction prediction, Snapshot snapshot, int identifier) {
        return observe(inquiry, prediction, snapshot, identifier, PATIENCE);
    }

    /** @param patience how long to wait for an answer after the last probe */
    Observation observe(Inquiry inquiry, Prediction prediction, Snapshot snapshot, int identifier, Duration patience) {
        Set<Long> suspects = FilterSuspects.foreseen(prediction, snapshot);
        return observe(inquiry, prediction, snapshot, identifier, patience, suspects);
    }

    /** @param suspects the namespaces whose packet filter is traced */
    private Observation observe(
            Inquiry inquiry,
            Prediction prediction,
            Snapshot snapshot,
            int identifier,
            Duration patience,
            Set<Long> suspects) {
        List<Path> paths = paths(prediction);
        List<NetworkNamespace> opened = new ArrayList<>();
        try {
            snapshot.namespaces().stream()
                    .sorted(Comparator.comparing(NamespaceState::name))
                    .forEach(state -> open(inquiry, state, opened));
            return Tracer.trace(new TraceRequest(
                    inquiry.namespace(),
                    probe(inquiry, identifier),
                    inquiry.count(),
                    SPACING,
                    patience,
                    opened,
                    opened.stream()
                            .filter(namespace -> suspects.contains(namespace.inode()))
                            .toList(),
                    flows(paths),
                    neighbors(paths, snapshot),
                    tunnelPorts(snapshot),
                    inquiry.level()));
        } finally {
            opened.forEach(NetworkNamespace::close);
        }
    }

    static List<Path> paths(Prediction prediction) {
        return Stream.concat(Stream.of(prediction.request()), prediction.reply().stream())
                .toList();
    }

    void open(Inquiry inquiry, NamespaceState state, List<NetworkNamespace> opened) {
        try {
            if (state.inode() == inquiry.namespace().inode()) {
                opened.add(NetworkNamespace.open(inquiry.namespace().path()));
            } else {
                namespaces.byInode(state.inode()).ifPresent(found -> opened.add(found.open()));
            }
        } catch (KernelException e) {
            // gone meanwhile: its snapshot stays, no packet will be seen there
        }
    }

    private static Probe probe(Inquiry inquiry, int identifier) {
        Probe probe = inquiry.protocol().isIcmp()
                ? Probe.echo(inquiry.address()).withSourcePort(identifier)
                : inquiry.protocol().equals(dev.lasthop.address.Protocol.TCP)
                        ? Probe.tcp(inquiry.address(), inquiry.port())
                        : Probe.udp(inquiry.address(), inquiry.port());
        if (!inquiry.protocol().isIcmp() && inquiry.sourcePort() != 0) {
            probe = probe.withSourcePort(inquiry.sourcePort());
        }
        return inquiry.size() == 0
                ? probe
                : probe.withSize(
                        inquiry.size(),
                        inquiry.fragment() ? Fragmentation.ALLOWED : Fragmentation.FORBIDDEN_BEYOND_DEVICE);
    }

    static List<Flow> flows(List<Path> paths) {
        return paths.stream()
                .flatMap(path -> path.passages().stream())
                .map(Passage::flow)
                .distinct()
                .toList();
    }

    /** Whose link-layer addresses are asked for on the way: next hops, and the addresses that ask for them. */
    static Set<IpAddress> neighbors(List<Path> paths, Snapshot snapshot) {
        Set<IpAddress> addresses = new TreeSet<>();
        for (Path path : paths) {
            for (PathElement element : path.elements()) {
                if (element instanceof Stage.RoutingDecision decision) {
                    addresses.add(decision.nextHop());
                    addresses.add(decision.source());
                    snapshot.namespace(decision.out().namespace())
                            .ifPresent(state -> state.addresses(
                                            decision.out().link(),
                                            decision.nextHop().family())
                                    .forEach(address -> addresses.add(address.address())));
                }
            }
        }
        return addresses;
    }

    static Set<Integer> tunnelPorts(Snapshot snapshot) {
        Set<Integer> ports = new TreeSet<>();
        snapshot.namespaces()
                .forEach(state ->
                        state.links().forEach(link -> link.vxlan().ifPresent(vxlan -> ports.add(vxlan.port()))));
        return ports;
    }
}
