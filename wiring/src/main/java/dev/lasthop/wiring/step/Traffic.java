package dev.lasthop.wiring.step;

import dev.lasthop.address.IfIndex;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.route.FilterMessage;
import dev.lasthop.netlink.route.QdiscMessage;
import dev.lasthop.netlink.route.TrafficControl.Action;
import dev.lasthop.netlink.route.TrafficControl.Mirred;
import dev.lasthop.netlink.route.TrafficControl.Tbf;
import dev.lasthop.netlink.route.TrafficControl.U32;
import java.util.List;
import java.util.Optional;

/** {@link TrafficStep}s, by netlink. */
final class Traffic {
    /** Of our filters: others' are unlikely to have the same. */
    static final int PRIORITY = 19528;

    private static final int HANDLE = 0x10000; // 1:

    private Traffic() {}

    static void apply(Site site, TrafficStep step) {
        switch (step) {
            case TrafficStep.Limit limit -> limit(site, limit);
            case TrafficStep.Unlimit unlimit -> unlimit(site, unlimit);
            case TrafficStep.AddClassifier add -> addClassifier(site, add);
            case TrafficStep.DeleteClassifier delete -> deleteClassifier(site, delete);
            case TrafficStep.Redirect redirect -> redirect(site, redirect);
            case TrafficStep.DeleteRedirect delete -> deleteRedirect(site, delete);
        }
    }

    private static void limit(Site site, TrafficStep.Limit step) {
        IfIndex link = site.index(step.link());
        refuseOthers(site, step.link(), link);
        QdiscMessage bucket = QdiscMessage.of(
                link,
                HANDLE,
                QdiscMessage.ROOT,
                "tbf",
                Tbf.options(step.rate().bytesPerSecond(), step.burst(), step.limit()));
        site.change(
                "limit " + step.link() + " to " + step.rate(),
                () -> site.route().replace(bucket));
    }

    private static void unlimit(Site site, TrafficStep.Unlimit step) {
        IfIndex link = site.index(step.link());
        refuseOthers(site, step.link(), link);
        site.change(
                "take the limit off " + step.link(),
                () -> site.route().delete(QdiscMessage.at(link, QdiscMessage.ROOT)));
    }

    /** A root that somebody else put there, such as htb with its classes, could not be put back. */
    private static void refuseOthers(Site site, String name, IfIndex link) {
        Optional<QdiscMessage> root = site.route().qdisc(link, QdiscMessage.ROOT);
        if (root.isPresent() && !root.get().kind().equals("tbf")) {
            throw new KernelException(
                    "change the rate of " + name + " in " + site.label(),
                    Errno.EBUSY,
                    "there is a qdisc " + root.get().kind() + " that Lasthop did not make; tc qdisc del dev " + name
                            + " root removes it");
        }
    }

    static List<Step> undoLimit(Site site, TrafficStep.Limit step) {
        if (!site.has(step.link())) {
            return List.of();
        }
        Optional<TrafficStep.Limit> before = limitOf(site, step.link());
        return List.of(
                before.<Step>map(limit -> limit).orElseGet(() -> new TrafficStep.Unlimit(step.place(), step.link())));
    }

    /** The bucket at a link's root. */
    static Optional<TrafficStep.Limit> limitOf(Site site, String name) {
        return site.route()
                .qdisc(site.index(name), QdiscMessage.ROOT)
                .filter(qdisc -> qdisc.kind().equals("tbf"))
                .flatMap(qdisc -> limit(site.place(), name, qdisc.options()));
    }

    private static Optional<TrafficStep.Limit> limit(Place place, String name, Attributes options) {
        long bytes = Tbf.bytesPerSecond(options);
        return options.get(Tbf.PARAMETERS)
                .map(parameters -> new TrafficStep.Limit(
                        place, name, new Rate(bytes * Byte.SIZE), burst(parameters, bytes), parameters.limit()));
    }

    /** The kernel keeps the bucket as a time, in ticks of 64 ns: rounded up, so that it comes to the same bytes. */
    private static int burst(Tbf.Parameters parameters, long bytesPerSecond) {
        double nanoseconds = Integer.toUnsignedLong(parameters.buffer()) * 64.0;
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(nanoseconds * bytesPerSecond / 1e9));
    }

    static boolean hasClassifier(Site site, String name) {
        return site.route().qdisc(site.index(name), QdiscMessage.INGRESS).isPresent();
    }

    private static void addClassifier(Site site, TrafficStep.AddClassifier step) {
        IfIndex link = site.index(step.link());
        Optional<QdiscMessage> there = site.route().qdisc(link, QdiscMessage.INGRESS);
        if (there.isPresent()) {
            return; // clsact or ingress of somebody else: filters can hang there all the same
        }
        site.change(
                "let filters see what " + step.link() + " receives",
                () -> site.route().create(QdiscMessage.of(link, 0, QdiscMessage.INGRESS, "clsact")));
    }

    private static void deleteClassifier(Site site, TrafficStep.DeleteClassifier step) {
        IfIndex link = site.index(step.link());
        boolean used = !site.route().filters(link, FilterMessage.RECEIVED).isEmpty()
                || !site.route().filters(link, FilterMessage.SENT).isEmpty();
        if (!used) {
            site.change(
                    "delete clsact of " + step.link(),
                    () -> site.route().delete(QdiscMessage.at(link, QdiscMessage.INGRESS)));
        }
    }

    private static void redirect(Site site, TrafficStep.Redirect step) {
        IfIndex link = site.index(step.link());
        IfIndex to = site.index(step.to());
        site.change(
                "redirect what " + step.link() + " receives to " + step.to(),
                () -> site.route()
                        .create(FilterMessage.of(
                                link,
                                FilterMessage.RECEIVED,
                                PRIORITY,
                                FilterMessage.ALL,
                                "u32",
                                U32.everything(),
                                U32.action(Action.redirect(to)))));
    }

    private static void deleteRedirect(Site site, TrafficStep.DeleteRedirect step) {
        IfIndex link = site.index(step.link());
        site.change(
                "end the redirection of what " + step.link() + " receives",
                () -> site.route().delete(FilterMessage.at(link, FilterMessage.RECEIVED, PRIORITY, FilterMessage.ALL)));
    }

    /** Where what a link receives is redirected to, by a filter of ours. */
    static Optional<String> redirection(Site site, String name) {
        return site.route().filters(site.index(name), FilterMessage.RECEIVED).stream()
                .filter(filter -> filter.priority() == PRIORITY)
                .flatMap(filter -> filter.attributes().get(FilterMessage.OPTIONS).stream())
                .flatMap(options -> options.get(U32.ACTIONS).stream())
                .flatMap(actions -> Action.only(actions).stream())
                .flatMap(action -> action.parameters().get(Mirred.PARAMETERS).stream())
                .map(mirred -> site.nameOf(mirred.to()))
                .findFirst();
    }
}
