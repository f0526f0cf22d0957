package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Journal;
import dev.lasthop.wiring.step.Step;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A journal of one file for each piece of work in progress. Who holds the lock under which the work is done knows that any file found is
 * a killed process's.
 */
public record FileJournal(Path folder) implements Journal {
    /** What somebody began and did not end. */
    record Unfinished(Path file, String title, long pid, long started, List<Step> undo) {
        /** Whether the process that began it is still there: the same one, not another with its number. */
        boolean ownerLives() {
            return ProcessHandle.of(pid)
                    .map(FileJournal::started)
                    .filter(time -> time == started)
                    .isPresent();
        }
    }

    @Override
    public Entry open(String title) {
        Path file = folder.resolve(UUID.randomUUID() + ".json");
        return new Entry() {
            @Override
            public void record(List<Step> undo) {
                StateFile.write(
                        file,
                        JsonObject.builder()
                                .put("title", title)
                                .put("pid", ProcessHandle.current().pid())
                                .put("started", started(ProcessHandle.current()))
                                .put("undo", undo, Step::toJson)
                                .build());
            }

            @Override
            public void close() {
                StateFile.delete(file);
            }
        };
    }

    List<Unfinished> unfinished() {
        return unfinished(new ArrayList<>());
    }

    /** The same, and the files that cannot be read. */
    List<Unfinished> unfinished(List<StateFile.Damaged> damaged) {
        return StateFile.readAll(folder, _ -> true, FileJournal::read, damaged);
    }

    private static Unfinished read(Path file, JsonObject json) {
        return new Unfinished(
                file,
                json.string("title"),
                json.longInteger("pid"),
                json.longInteger("started"),
                json.objects("undo").stream().map(Step::ofJson).toList());
    }

    /** In milliseconds since 1970; 0 where it is not known. */
    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
