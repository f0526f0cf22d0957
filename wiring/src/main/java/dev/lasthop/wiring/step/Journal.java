package dev.lasthop.wiring.step;

import java.util.List;

/** Where it is written down, before a change is made, how it would be taken back: so that a killed process leaves nothing behind. */
public interface Journal {
    /** Writes nothing. */
    Journal NONE = title -> Entry.NONE;

    /** Starts an entry. Nothing is written before the first {@link Entry#record}. */
    Entry open(String title);

    /** What one piece of work in progress would need to be taken back. */
    interface Entry {
        /** Writes nothing. */
        Entry NONE = new Entry() {
            @Override
            public void record(List<Step> undo) {}

            @Override
            public void close() {}
        };

        /** Puts {@code undo} in the place of what was recorded before; it is on the disk when this returns. */
        void record(List<Step> undo);

        /** Forgets the entry: the work is done, or has been taken back. */
        void close();
    }
}
