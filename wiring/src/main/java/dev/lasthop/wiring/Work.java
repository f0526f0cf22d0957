package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.SystemCall;
import dev.lasthop.wiring.step.Applied;
import dev.lasthop.wiring.step.Journal;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.Undo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One change under way. Its file in the journal says, at each instant, what is left to do if this process ends now: at first the way back, and
 * from one rename on ({@link #keep}, {@link #begin}) the way to the end. So there is no instant at which the kernel and what is on record
 * could stay apart, and whoever finds the file does the same with it in both cases: the steps, then the amendments, each of which may have been
 * made already.
 *
 * <p>To be begun under the lock. Whoever gives the lock away while the work goes on {@linkplain #hold() holds} the file, and others leave it
 * alone.
 */
final class Work implements Journal, Journal.Entry {
    private static final int LOCK_EXCLUSIVE_NOW = 2 | 4; // LOCK_EX | LOCK_NB

    private final Store store;
    private final Places places;
    private final String title;
    private final String subject;
    private final Path file;
    private final String boot;
    private List<Amendment> amendments = List.of();
    private boolean decided;
    private @Nullable Fd held;

    /** @param subject the {@linkplain Endpoint#id() endpoint} or the network that changes: nobody else touches it meanwhile */
    Work(Store store, Places places, String title, String subject) {
        this.store = store;
        this.places = places;
        this.title = title;
        this.subject = subject;
        this.file = store.folders().journal().resolve(UUID.randomUUID() + ".json");
        this.boot = Boot.id();
        store.unfinished().stream()
                .filter(other -> other.subject().equals(subject))
                .findFirst()
                .ifPresent(other -> {
                    throw new WiringException(other.refusal());
                });
    }

    /** What has to be amended along with the steps back, if it is taken back. */
    Work otherwise(List<Amendment> back) {
        amendments = List.copyOf(back);
        record(List.of());
        return this;
    }

    @Override
    public Entry open(String ignored) {
        return this;
    }

    @Override
    public void record(List<Step> steps) {
        StateFile.write(
                file,
                JsonObject.builder()
                        .put("title", title)
                        .put("subject", subject)
                        .put("decided", decided)
                        .put("boot", boot)
                        .put("namespaces", namespaces(steps))
                        .put("steps", steps, Step::toJson)
                        .put("amendments", amendments, Amendment::toJson)
                        .build());
    }

    /** What was done stays, and is on record. If it cannot be put on record, everything is taken back. */
    void keep(Applied applied, List<Amendment> records) {
        List<Amendment> back = new ArrayList<>(amendments);
        try {
            records.forEach(amendment -> back.addAll(amendment.inverse(store)));
            amendments = List.copyOf(records);
            decided = true;
            record(List.of()); // from here on whoever finds this puts it on record
            close();
        } catch (RuntimeException e) {
            amendments = List.copyOf(back);
            decided = false;
            try {
                record(applied.undo());
                applied.rollBack(places).forEach(e::addSuppressed);
            } catch (RuntimeException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** From here on it is gone through with: by this process, or by whoever finds it. */
    void begin(List<Step> steps, List<Amendment> records) {
        amendments = List.copyOf(records);
        decided = true;
        record(steps);
    }

    /** Makes the steps of something that was {@linkplain #begin begun}, and then its amendments. What was refused; it is tried again then. */
    List<RuntimeException> end(List<Step> steps) {
        List<RuntimeException> failures = Undo.all(steps, places);
        if (failures.isEmpty()) {
            close();
        } else {
            release();
        }
        return failures;
    }

    /** The same, with places that are open now. */
    List<RuntimeException> end(List<Step> steps, Places now) {
        return new Work(this, now).end(steps);
    }

    private Work(Work begun, Places now) {
        this.store = begun.store;
        this.places = now;
        this.title = begun.title;
        this.subject = begun.subject;
        this.file = begun.file;
        this.boot = begun.boot;
        this.amendments = begun.amendments;
        this.decided = begun.decided;
        this.held = begun.held;
    }

    /** Keeps others from taking this for a killed process's when the lock is given away. Ends with the process, in whatever way. */
    Work hold() {
        Fd fd = Fd.open(file, Fd.O_RDONLY);
        held = fd;
        Kernel.call("lock " + file, SystemCall.FLOCK, fd.raw(), LOCK_EXCLUSIVE_NOW);
        return this;
    }

    /** It is on record, or has been taken back: amends the record, and forgets the work. */
    @Override
    public void close() {
        amendments.forEach(amendment -> amendment.apply(store));
        StateFile.delete(file);
        release();
    }

    private void release() {
        if (held != null) {
            held.close();
        }
    }

    /** Whether a process is still at work at what a file of the journal is about. */
    static boolean isHeld(Path file) {
        try (Fd fd = Fd.open(file, Fd.O_RDONLY)) {
            return Kernel.attempt(SystemCall.FLOCK, fd.raw(), LOCK_EXCLUSIVE_NOW) == -Errno.EAGAIN.number();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private JsonObject namespaces(List<Step> steps) {
        var identities = new TreeMap<String, Long>();
        for (Step step : steps) {
            Place place = step.place();
            if (!(place instanceof Place.Host) && !identities.containsKey(place.label())) {
                identity(places, place).ifPresent(identity -> identities.put(place.label(), identity));
            }
        }
        JsonObject.Builder json = JsonObject.builder();
        identities.forEach(json::put);
        return json.build();
    }

    private static Optional<Long> identity(Places places, Place place) {
        try {
            return Optional.of(places.at(place).namespace().identity());
        } catch (KernelException e) {
            return Optional.empty(); // gone, or not made yet
        }
    }

    /**
     * What a process that is no more began.
     *
     * @param subject the endpoint or the network
     * @param isDecided whether it goes on to its end, not back
     * @param namespaces which namespace a place's name stood for
     */
    record Unfinished(
            Path file,
            String title,
            String subject,
            boolean isDecided,
            Map<String, Long> namespaces,
            List<Step> steps,
            List<Amendment> amendments) {

        static Unfinished ofJson(Path file, JsonObject json) {
            boolean ofThisBoot = json.string("boot").equals(Boot.id());
            var namespaces = new TreeMap<String, Long>();
            JsonObject identities = json.object("namespaces");
            identities.members().keySet().forEach(label -> namespaces.put(label, identities.longInteger(label)));
            return new Unfinished(
                    file,
                    json.string("title"),
                    json.string("subject"),
                    json.flag("decided", false),
                    namespaces,
                    // what the kernel had went with the machine; what is on record did not
                    ofThisBoot
                            ? json.objects("steps").stream().map(Step::ofJson).toList()
                            : List.of(),
                    json.objects("amendments").stream().map(Amendment::ofJson).toList());
        }

        /** The endpoints that it was taking off their networks. */
        Stream<Endpoint> leaving() {
            return (isDecided ? amendments : List.<Amendment>of())
                    .stream()
                            .flatMap(amendment ->
                                    amendment instanceof Amendment.Drop drop && drop.kind() == Store.Kind.ENDPOINT
                                            ? drop.was().stream()
                                            : Stream.empty())
                            .map(Endpoint::ofRecord);
        }

        /** The ports that it was taking off an endpoint. */
        Stream<PublishedPort> portsLeaving(Endpoint endpoint) {
            return (isDecided ? amendments : List.<Amendment>of())
                    .stream()
                            .flatMap(amendment -> amendment instanceof Amendment.DropPort drop
                                            && drop.endpoint().equals(endpoint.id())
                                    ? Stream.of(drop.port())
                                    : Stream.empty());
        }

        /** Ends it. What was refused; it stays in the journal then. */
        List<RuntimeException> end(Store store, Places places) {
            List<Step> meant =
                    steps.stream().filter(step -> isSame(places, step.place())).toList();
            List<RuntimeException> failures = Undo.all(meant, places);
            if (failures.isEmpty()) {
                try {
                    amendments.forEach(amendment -> amendment.apply(store));
                    StateFile.delete(file);
                } catch (WiringException e) {
                    return List.of(e);
                }
            }
            return failures;
        }

        /** Why nobody else may touch its subject now. */
        String refusal() {
            return isHeld()
                    ? "another lasthop is at work on " + subject + " (" + title + "); try again when it is done"
                    : title
                            + " was begun and could be neither ended nor taken back: lasthop gc tries again and says why";
        }

        /** A pid or a name may be another's by now. */
        private boolean isSame(Places places, Place place) {
            Long then = namespaces.get(place.label());
            return then == null || identity(places, place).filter(then::equals).isPresent();
        }

        /** Whether the process that began it is still at it. */
        boolean isHeld() {
            return Work.isHeld(file);
        }
    }
}
