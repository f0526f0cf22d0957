package dev.lasthop.path;

import java.util.Optional;

/**
 * The way there and the way back.
 *
 * @param reply empty unless the request is delivered
 */
public record Prediction(Question question, Path request, Optional<Path> reply) {
    /** Whether the request arrives and its reply comes back. */
    public boolean isHealthy() {
        return request.isDelivered() && reply.filter(Path::isDelivered).isPresent();
    }

    /** Where the first of the two journeys that breaks is stopped. */
    public Optional<Ending.Stopped> stopped() {
        return request.stopped().or(() -> reply.flatMap(Path::stopped));
    }

    /** The journey that breaks first, or, where none does, the last one. */
    public Path decisive() {
        return request.isDelivered() ? reply.orElse(request) : request;
    }
}
