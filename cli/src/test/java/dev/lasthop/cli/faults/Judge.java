package dev.lasthop.cli.faults;

import dev.lasthop.address.Family;
import dev.lasthop.lab.Question;
import dev.lasthop.testing.Tool;
import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.List;

/** Somebody else's programs, asked the same question. */
record Judge(Question question) {
    private static final int TRIES = 3;
    private static final int HEADERS_IPV4 = 28; // IP and ICMP
    private static final int HEADERS_IPV6 = 48;

    /** Whether every one of several tries comes through. */
    boolean works() {
        if (question.sourcePort().isPresent()) {
            return worksAgain();
        }
        if (question.port().isPresent()) {
            String port = Integer.toString(question.port().getAsInt());
            for (int i = 0; i < TRIES; i++) {
                if (run("nc", "-z", "-w", "1", question.address().toString(), port)
                                .exit()
                        != 0) {
                    return false;
                }
            }
            return true;
        }
        var words = new ArrayList<>(List.of("ping", "-n", "-c", Integer.toString(TRIES), "-i", "0.05", "-W", "0.5"));
        question.size().ifPresent(size -> {
            int headers = question.address().family() == Family.IPV4 ? HEADERS_IPV4 : HEADERS_IPV6;
            words.addAll(List.of("-M", "do", "-s", Integer.toString(size - headers)));
        });
        words.add(question.address().toString());
        String output = run(words.toArray(String[]::new)).output();
        return output.contains(" " + TRIES + " received") && !output.contains("duplicates");
    }

    /** From the same port each time, which takes a caller that forgets a connection as soon as it has ended. */
    private boolean worksAgain() {
        run("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=0");
        String from = Integer.toString(question.sourcePort().getAsInt());
        String port = Integer.toString(question.port().getAsInt());
        return run("nc", "-z", "-w", "1", "-p", from, question.address().toString(), port)
                        .exit()
                == 0;
    }

    private Tool.Result run(String... command) {
        String name = ((Place.Named) question.source()).name();
        var all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + name, "--"));
        all.addAll(List.of(command));
        return Tool.attempt(all.toArray(String[]::new));
    }
}
