package dev.lasthop.wiring.step;

import dev.lasthop.linux.NamedNamespaces;
import java.util.List;

/** Changes of named namespaces. */
public sealed interface NamespaceStep extends Step {
    String name();

    @Override
    default Place place() {
        return Place.named(name());
    }

    /** A new namespace with a name, nothing in it but {@code lo}, down. */
    record Create(String name) implements NamespaceStep {
        public Create {
            NamedNamespaces.path(name);
        }

        @Override
        public List<String> commands() {
            return List.of("ip netns add " + Words.quote(name));
        }

        @Override
        public List<Step> undo(Places places) {
            return NamedNamespaces.names().contains(name) ? List.of() : List.of(new Delete(name));
        }

        @Override
        public void apply(Places places) {
            NamedNamespaces.create(name).close();
        }
    }

    /** Takes the name away; the namespace ends when nobody else holds it. This cannot be taken back. */
    record Delete(String name) implements NamespaceStep {
        public Delete {
            NamedNamespaces.path(name);
        }

        @Override
        public List<String> commands() {
            return List.of("ip netns del " + Words.quote(name));
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of();
        }

        @Override
        public void apply(Places places) {
            places.forget(place());
            NamedNamespaces.delete(name);
        }
    }
}
