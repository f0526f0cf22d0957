package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Place;
import dev.lasthop.topology.NamespaceState;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of an interface that is gone, from the rules that still speak of it. */
final class LostName {
    private static final Pattern NAMED = Pattern.compile("[io]ifname (?:!= )?\"?([A-Za-z0-9_.@-]{1,15})\"?");
    private static final String USUAL = "br0";

    private LostName() {}

    static String of(Dossier dossier, Place near) {
        var names = new TreeSet<String>();
        for (NamespaceState state : dossier.namespace(near.namespace()).stream().toList()) {
            List<String> texts = state.firewall().tables().stream()
                    .flatMap(table -> table.chains().stream())
                    .flatMap(chain -> chain.rules().stream())
                    .map(rule -> rule.text())
                    .toList();
            for (String text : texts) {
                Matcher matcher = NAMED.matcher(text);
                while (matcher.find()) {
                    names.add(matcher.group(1));
                }
            }
            state.links().forEach(link -> names.remove(link.name()));
        }
        return names.isEmpty() ? USUAL : names.first();
    }
}
