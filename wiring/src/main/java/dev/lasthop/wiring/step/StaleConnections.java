package dev.lasthop.wiring.step;

import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.conntrack.ConntrackMessage;
import dev.lasthop.netlink.conntrack.ConntrackSocket;
import dev.lasthop.netlink.route.FlowQuestion;
import dev.lasthop.netlink.route.RouteMessage;
import dev.lasthop.wiring.step.ConntrackText.Tracked;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** {@link StaleConnectionsStep}s: which connections they are, by the kernel's file or by netlink. */
final class StaleConnections {
    private static final Set<Errno> UNSUPPORTED = Set.of(Errno.EINVAL, Errno.EOPNOTSUPP, Errno.EPROTONOSUPPORT);

    private StaleConnections() {}

    /** A kernel that does not know connections, or does not let them be forgotten, is none that could be asked for it. */
    static void forget(Site site, StaleConnectionsStep step) {
        site.change("forget tracked connections", () -> {
            Optional<List<Tracked>> few = ConntrackText.read(site.namespace());
            if (few.isEmpty()) {
                forgetDumped(site, step);
                return;
            }
            List<Tracked> wanted =
                    few.get().stream().filter(one -> isWanted(site, step, one)).toList();
            if (wanted.stream().anyMatch(Tracked::isInZone)) { // its tuple alone does not name it
                forgetDumped(site, step);
                return;
            }
            wanted.forEach(one -> ConntrackSocket.over(site.netfilter()).delete(one.original()));
        });
    }

    private static void forgetDumped(Site site, StaleConnectionsStep step) {
        ConntrackSocket socket = ConntrackSocket.over(site.netfilter());
        for (StaleConnectionsStep.Redirect redirect : questions(step)) {
            Supplier<Dump> chosen = step.which() == StaleConnectionsStep.Which.LEADING_THERE
                    ? () -> socket.answeredBy(redirect.to())
                    : () -> socket.to(redirect.family(), redirect.protocol(), redirect.first());
            boolean canChoose =
                    step.which() == StaleConnectionsStep.Which.LEADING_THERE || redirect.first() == redirect.last();
            Optional<Dump> dump = canChoose ? supported(chosen) : Optional.empty();
            dump.or(() -> supported(() -> socket.all(redirect.family())))
                    .ifPresent(some -> some.messages().stream()
                            .map(ConntrackMessage::decode)
                            .filter(message -> isWanted(site, step, message))
                            .forEach(socket::delete));
        }
    }

    /** One for each walk through the kernel's table that the redirects need. */
    private static List<StaleConnectionsStep.Redirect> questions(StaleConnectionsStep step) {
        var asked = new HashSet<Object>();
        return step.redirects().stream()
                .filter(redirect -> asked.add(
                        step.which() == StaleConnectionsStep.Which.LEADING_THERE
                                ? redirect.to()
                                : redirect.first() == redirect.last()
                                        ? List.of(redirect.family(), redirect.protocol(), redirect.first())
                                        : redirect.family()))
                .toList();
    }

    private static Optional<Dump> supported(Supplier<Dump> question) {
        try {
            return Optional.of(question.get());
        } catch (KernelException e) {
            if (UNSUPPORTED.contains(e.errno())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static boolean isWanted(Site site, StaleConnectionsStep step, ConntrackMessage message) {
        return message.original()
                .flatMap(original -> message.reply().map(reply -> new Tracked(original, reply, false)))
                .filter(one -> isWanted(site, step, one))
                .isPresent();
    }

    private static boolean isWanted(Site site, StaleConnectionsStep step, Tracked one) {
        List<StaleConnectionsStep.Redirect> covering = step.redirects().stream()
                .filter(redirect -> redirect.covers(one.original()))
                .toList();
        boolean leads = covering.stream().anyMatch(redirect -> redirect.leads(one.original(), one.reply()));
        return switch (step.which()) {
            case LEADING_THERE -> leads && one.isRedirected();
            case LEADING_ELSEWHERE ->
                !covering.isEmpty()
                        && !leads
                        && (one.isRedirected() || one.original().protocol().equals(Protocol.UDP))
                        && isLocal(site, one);
        };
    }

    /** Whether what it was sent to is an address of this place: only such packets are redirected. */
    private static boolean isLocal(Site site, Tracked one) {
        try {
            return site.route()
                            .fibLookup(FlowQuestion.sentTo(one.original().destination()))
                            .type()
                    == RouteMessage.LOCAL;
        } catch (KernelException e) {
            return false; // there is no way there at all
        }
    }
}
