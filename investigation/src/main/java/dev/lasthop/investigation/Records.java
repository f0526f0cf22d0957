package dev.lasthop.investigation;

import dev.lasthop.diagnosis.Dossier;
import java.util.List;

/** What the records say that should be there, against what is. */
@FunctionalInterface
public interface Records {
    /** Nothing is on record. */
    Records NONE = List::of;

    /** The networks on record, each with what it has lost; asked once for a question whose packets were lost. */
    List<Dossier.Declared> declared();
}
