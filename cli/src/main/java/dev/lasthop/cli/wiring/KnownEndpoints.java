package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.containers.EndpointException;
import dev.lasthop.containers.EndpointSource;
import dev.lasthop.containers.Endpoints;
import dev.lasthop.containers.Engines;
import java.util.ArrayList;

/** Every kind of place that the command line can name. */
public final class KnownEndpoints {
    private KnownEndpoints() {}

    /** Lasthop's own, then the engines', then those that need nobody's help to be found. */
    public static Endpoints all() {
        var sources = new ArrayList<EndpointSource>();
        sources.add(new ConnectedSource());
        sources.addAll(Engines.of(System.getenv()));
        return Endpoints.of(sources);
    }

    /** A place that was not found, as the command's failure. */
    public static CommandException failure(EndpointException e) {
        ExitCode code = switch (e.kind()) {
            case MALFORMED, UNKNOWN, AMBIGUOUS -> ExitCode.USAGE;
            case FORBIDDEN -> ExitCode.UNSUPPORTED;
            case GONE, UNREACHABLE -> ExitCode.FAILED;
        };
        return new CommandException(code, String.valueOf(e.getMessage()), "", "");
    }
}
