package dev.lasthop.wiring.step;

import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.ObjectMessage;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableMessage;
import java.util.HexFormat;

/** {@link FirewallStep}s as JSON: the messages as the kernel is sent them, in hex, beside nft's words for them. */
final class FirewallJson {
    private FirewallJson() {}

    static JsonObject write(FirewallStep step) {
        return StepJson.of("firewall", step)
                .put("changes", step.changes(), FirewallJson::change)
                .putStrings("commands", step.commands())
                .build();
    }

    static FirewallStep read(JsonObject json, Place place) {
        try {
            return new FirewallStep(
                    place,
                    json.objects("changes").stream().map(FirewallJson::change).toList(),
                    json.strings("commands"));
        } catch (MalformedMessageException e) {
            throw new JsonException("a firewall step is malformed: " + e.getMessage());
        }
    }

    private static JsonObject change(FirewallStep.Change change) {
        String verb = switch (change) {
            case FirewallStep.Add add -> "add";
            case FirewallStep.Insert insert -> "insert";
            case FirewallStep.Delete delete -> "delete";
            case FirewallStep.DeleteLike like -> "delete-like";
        };
        String kind = switch (change.thing()) {
            case TableMessage table -> "table";
            case ChainMessage chain -> "chain";
            case RuleMessage rule -> "rule";
            case SetMessage set -> "set";
            case ElementsMessage elements -> "elements";
            case ObjectMessage object -> "object";
        };
        return JsonObject.builder()
                .put("verb", verb)
                .put("kind", kind)
                .put("body", HexFormat.of().formatHex(change.thing().body().toArray()))
                .build();
    }

    private static FirewallStep.Change change(JsonObject json) {
        Bytes body = Bytes.of(HexFormat.of().parseHex(json.string("body")));
        NftMessage thing = thing(json.string("kind"), NetlinkMessage.request(0, 0, body));
        return switch (json.string("verb")) {
            case "add" -> new FirewallStep.Add(thing);
            case "insert" -> new FirewallStep.Insert(rule(thing));
            case "delete" -> new FirewallStep.Delete(thing);
            case "delete-like" -> new FirewallStep.DeleteLike(rule(thing));
            default -> throw new JsonException("a rule set is not changed by \"" + json.string("verb") + "\"");
        };
    }

    private static RuleMessage rule(NftMessage thing) {
        if (thing instanceof RuleMessage rule) {
            return rule;
        }
        throw new JsonException("this is done with rules, not with " + thing.what());
    }

    private static NftMessage thing(String kind, NetlinkMessage message) {
        return switch (kind) {
            case "table" -> TableMessage.decode(message);
            case "chain" -> ChainMessage.decode(message);
            case "rule" -> RuleMessage.decode(message);
            case "set" -> SetMessage.decode(message);
            case "elements" -> ElementsMessage.decode(message);
            case "object" -> ObjectMessage.decode(message);
            default -> throw new JsonException("a rule set holds no \"" + kind + "\"");
        };
    }
}
