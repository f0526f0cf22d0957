package dev.lasthop.wiring.step;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import java.util.Optional;

/** {@link LinkStep}s as JSON. */
final class LinkJson {
    private LinkJson() {}

    static JsonObject write(LinkStep step) {
        return switch (step) {
            case LinkStep.CreateVeth s ->
                StepJson.of("veth-create", s)
                        .put("end", end(s.end()))
                        .put("peer", end(s.peer()))
                        .build();
            case LinkStep.Create s -> {
                JsonObject.Builder json = of("link-create", s).put("kind", kind(s.kind()));
                yield StepJson.put(StepJson.put(json, "mac", s.mac()), "mtu", s.mtu())
                        .build();
            }
            case LinkStep.CreateInside s ->
                StepJson.of("link-create-inside", s)
                        .put("kind", kind(s.kind()))
                        .put("end", end(s.end()))
                        .build();
            case LinkStep.Delete s -> of("link-delete", s).build();
            case LinkStep.Move s ->
                of("link-move", s)
                        .put("to", StepJson.label(s.to()))
                        .put("newName", s.newName())
                        .build();
            case LinkStep.Rename s ->
                of("link-rename", s).put("newName", s.newName()).build();
            case LinkStep.Flag s ->
                of("link-flag", s)
                        .put("flag", s.flag().name())
                        .put("on", s.on())
                        .build();
            case LinkStep.Mtu s -> of("link-mtu", s).put("mtu", s.mtu()).build();
            case LinkStep.Mac s ->
                of("link-mac", s).put("mac", s.mac().toString()).build();
            case LinkStep.Group s ->
                of("link-group", s).put("group", s.number()).build();
            case LinkStep.Master s ->
                StepJson.put(of("link-master", s), "master", s.master()).build();
            case LinkStep.PortOption s ->
                of("port-option", s)
                        .put("option", s.option().name())
                        .put("value", s.value())
                        .build();
            case LinkStep.AddVlans s -> vlans(of("vlans-add", s), s.vlans());
            case LinkStep.DeleteVlans s -> vlans(of("vlans-delete", s), s.vlans());
            case LinkStep.BridgeOption s ->
                of("bridge-option", s)
                        .put("option", s.option().name())
                        .put("value", s.value())
                        .build();
        };
    }

    static LinkStep read(JsonObject json, String kind, Place place) {
        if (kind.equals("veth-create")) {
            return new LinkStep.CreateVeth(end(json.object("end")), end(json.object("peer")));
        }
        if (kind.equals("link-create-inside")) {
            return new LinkStep.CreateInside(place, kind(json.object("kind")), end(json.object("end")));
        }
        String name = json.string("name");
        return switch (kind) {
            case "link-create" ->
                new LinkStep.Create(place, name, kind(json.object("kind")), mac(json), json.findInteger("mtu"));
            case "link-delete" -> new LinkStep.Delete(place, name);
            case "link-move" -> new LinkStep.Move(place, name, Place.parse(json.string("to")), json.string("newName"));
            case "link-rename" -> new LinkStep.Rename(place, name, json.string("newName"));
            case "link-flag" ->
                new LinkStep.Flag(
                        place,
                        name,
                        StepJson.constant(LinkStep.LinkFlag.class, json.string("flag")),
                        json.flag("on", true));
            case "link-mtu" -> new LinkStep.Mtu(place, name, json.integer("mtu"));
            case "link-mac" -> new LinkStep.Mac(place, name, MacAddress.parse(json.string("mac")));
            case "link-group" -> new LinkStep.Group(place, name, json.integer("group"));
            case "link-master" -> new LinkStep.Master(place, name, json.findString("master"));
            case "port-option" ->
                new LinkStep.PortOption(
                        place,
                        name,
                        StepJson.constant(LinkStep.BridgePortOption.class, json.string("option")),
                        json.integer("value"));
            case "vlans-add" -> new LinkStep.AddVlans(place, name, vlans(json));
            case "vlans-delete" -> new LinkStep.DeleteVlans(place, name, vlans(json));
            case "bridge-option" ->
                new LinkStep.BridgeOption(
                        place,
                        name,
                        StepJson.constant(LinkStep.BridgeSetting.class, json.string("option")),
                        json.integer("value"));
            default -> throw new JsonException("there is no step \"" + kind + "\"");
        };
    }

    private static JsonObject.Builder of(String kind, LinkStep step) {
        return StepJson.of(kind, step).put("name", step.name());
    }

    private static JsonObject end(LinkStep.End end) {
        JsonObject.Builder json =
                JsonObject.builder().put("place", StepJson.label(end.place())).put("name", end.name());
        return StepJson.put(StepJson.put(json, "mac", end.mac()), "mtu", end.mtu())
                .build();
    }

    private static LinkStep.End end(JsonObject json) {
        return new LinkStep.End(
                Place.parse(json.string("place")), json.string("name"), mac(json), json.findInteger("mtu"));
    }

    private static Optional<MacAddress> mac(JsonObject json) {
        return json.findString("mac").map(MacAddress::parse);
    }

    private static JsonObject kind(LinkStep.Kind kind) {
        JsonObject.Builder json = JsonObject.builder().put("kind", kind.kernelName());
        return switch (kind) {
            case LinkStep.Bridge bridge -> json.build();
            case LinkStep.Ifb ifb -> json.build();
            case LinkStep.Macvlan macvlan ->
                json.put("parent", macvlan.parent())
                        .put("mode", macvlan.mode().name())
                        .build();
            case LinkStep.Ipvlan ipvlan ->
                json.put("parent", ipvlan.parent())
                        .put("mode", ipvlan.mode().name())
                        .build();
            case LinkStep.Vxlan vxlan -> {
                json.put("vni", vxlan.vni()).put("port", vxlan.port()).put("learning", vxlan.learning());
                StepJson.put(StepJson.put(json, "local", vxlan.local()), "remote", vxlan.remote());
                StepJson.put(json, "underlay", vxlan.underlay());
                yield vxlan.outer().equals(Encapsulation.USUAL)
                        ? json.build()
                        : json.put("outer", outer(vxlan.outer())).build();
            }
        };
    }

    private static JsonObject outer(Encapsulation outer) {
        JsonObject.Builder json = JsonObject.builder();
        outer.checksum().ifPresent(on -> json.put("checksum", on));
        outer.sendsZero().ifPresent(on -> json.put("sendsZero", on));
        outer.takesZero().ifPresent(on -> json.put("takesZero", on));
        StepJson.put(json, "ttl", outer.ttl());
        StepJson.put(json, "dontFragment", outer.dontFragment().map(Enum::name));
        outer.sourcePorts()
                .ifPresent(ports -> json.put("firstSourcePort", ports.first()).put("lastSourcePort", ports.last()));
        return json.build();
    }

    private static Encapsulation outer(JsonObject json) {
        return new Encapsulation(
                flag(json, "checksum"),
                flag(json, "sendsZero"),
                flag(json, "takesZero"),
                json.findInteger("ttl"),
                json.findString("dontFragment").map(name -> StepJson.constant(Encapsulation.DontFragment.class, name)),
                json.findInteger("firstSourcePort").isPresent()
                        ? Optional.of(new Encapsulation.Ports(
                                json.integer("firstSourcePort"), json.integer("lastSourcePort")))
                        : Optional.empty());
    }

    private static Optional<Boolean> flag(JsonObject json, String name) {
        return json.has(name) ? Optional.of(json.flag(name, false)) : Optional.empty();
    }

    private static JsonObject vlans(JsonObject.Builder json, LinkStep.Vlans vlans) {
        return json.put("first", vlans.first())
                .put("last", vlans.last())
                .put("untagged", vlans.untagged())
                .put("pvid", vlans.pvid())
                .put("self", vlans.self())
                .build();
    }

    private static LinkStep.Vlans vlans(JsonObject json) {
        return new LinkStep.Vlans(
                json.integer("first"),
                json.integer("last"),
                json.flag("untagged", false),
                json.flag("pvid", false),
                json.flag("self", false));
    }

    private static LinkStep.Kind kind(JsonObject json) {
        return switch (json.string("kind")) {
            case "bridge" -> new LinkStep.Bridge();
            case "ifb" -> new LinkStep.Ifb();
            case "macvlan" ->
                new LinkStep.Macvlan(
                        json.string("parent"), StepJson.constant(LinkStep.MacvlanMode.class, json.string("mode")));
            case "ipvlan" ->
                new LinkStep.Ipvlan(
                        json.string("parent"), StepJson.constant(LinkStep.IpvlanMode.class, json.string("mode")));
            case "vxlan" ->
                new LinkStep.Vxlan(
                        json.integer("vni"),
                        json.findString("local").map(IpAddress::parse),
                        json.findString("remote").map(IpAddress::parse),
                        json.integer("port"),
                        json.findString("underlay"),
                        json.flag("learning", true),
                        json.findObject("outer").map(LinkJson::outer).orElse(Encapsulation.USUAL));
            default -> throw new JsonException("there is no kind of link \"" + json.string("kind") + "\"");
        };
    }
}
