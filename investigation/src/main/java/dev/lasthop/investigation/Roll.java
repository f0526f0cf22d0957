package dev.lasthop.investigation;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.diagnosis.Experiments.NeighborAnswers;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.packet.probe.NeighborAnswer;
import dev.lasthop.packet.probe.NeighborProber;
import dev.lasthop.path.Place;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeSet;

/** Asks on a link who has an address, and hears all who answer within a short time: the second owner answers after the first. */
final class Roll {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private Roll() {}

    /** Empty where nobody can be asked: a link without ARP, or one that is down. */
    static Optional<NeighborAnswers> call(NetworkNamespace namespace, Place link, IpAddress address) {
        try (NeighborProber prober = NeighborProber.open(namespace, link.link())) {
            if (prober.ask(address, Optional.empty()).isPresent()) {
                return Optional.empty();
            }
            var macs = new TreeSet<MacAddress>();
            long end = System.nanoTime() + PATIENCE.toNanos();
            for (long left = PATIENCE.toNanos(); left > 0; left = end - System.nanoTime()) {
                Poll.wait(prober.interests(), Duration.ofNanos(left));
                prober.poll().stream()
                        .filter(answer -> answer.address().equals(address))
                        .map(NeighborAnswer::mac)
                        .forEach(macs::add);
            }
            return Optional.of(new NeighborAnswers(link, address, java.util.List.copyOf(macs)));
        } catch (KernelException e) {
            return Optional.empty(); // an experiment that cannot be made says nothing
        }
    }
}
