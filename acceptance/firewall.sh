#!/bin/bash
# Packet filters and translation as programs leave them behind: iptables of both generations, docker's and podman's chains, firewalld's
# zones, sets, limits, published ports. Injected by hand, diagnosed and mended by lasthop, judged by ping and nc.
# Without an argument a sample: firewall.sh all, firewall.sh CAUSE, firewall.sh "NAME".
. "$(dirname "$0")/network.sh"
k() { in_ns knoten "$@"; }
world=203.0.113.7

# Docker's chains, as iptables-nft makes them
docker_chains() {
    k iptables-nft -P FORWARD DROP
    for c in DOCKER DOCKER-USER DOCKER-FORWARD DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2; do k iptables-nft -N $c; done
    k iptables-nft -A FORWARD -j DOCKER-USER
    k iptables-nft -A FORWARD -j DOCKER-ISOLATION-STAGE-1
    k iptables-nft -A FORWARD -o br-x -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    k iptables-nft -A FORWARD -o br-x -j DOCKER
    k iptables-nft -A FORWARD -i br-x ! -o br-x -j ACCEPT
    k iptables-nft -A FORWARD -i br-x -o br-x -j ACCEPT
    k iptables-nft -A DOCKER-ISOLATION-STAGE-1 -i br-x ! -o br-x -j DOCKER-ISOLATION-STAGE-2
    k iptables-nft -A DOCKER-ISOLATION-STAGE-2 -o br-y -j DROP
    k iptables-nft -A DOCKER-ISOLATION-STAGE-2 -j RETURN
    k iptables-nft -A DOCKER-USER -j RETURN
}
docker_user() { docker_chains; k iptables-nft -I DOCKER-USER -s 10.77.0.9 -d $world -j DROP; }
sample "docker: DOCKER-USER drops" kiste $world dropped forward-rule-drop request "knoten br-x in" docker_user
docker_policy() { docker_chains; k iptables-nft -D FORWARD -i br-x ! -o br-x -j ACCEPT; }
more "docker: the accept rule is gone" kiste $world dropped forward-policy-drop request "knoten br-x in" docker_policy
second_network() {
    ip netns add andere && ip -n andere link set lo up
    ip -n knoten link add br-y type bridge && ip -n knoten link set br-y up && ip -n knoten addr add 10.78.0.1/24 dev br-y
    ip -n andere link add if0 type veth peer name vk9 netns knoten && ip -n knoten link set vk9 master br-y up
    ip -n andere link set if0 up && ip -n andere addr add 10.78.0.9/24 dev if0 && ip -n andere route add default via 10.78.0.1
}
PREPARE=second_network NOFIX=1 sample "docker: two networks kept apart" kiste 10.78.0.9 dropped network-isolation request "knoten br-x in" docker_chains
docker_legacy() { k nft add table ip filter; docker_chains; k iptables-legacy -A FORWARD -s 10.77.0.0/24 -j DROP; }
more "docker in nf_tables, a forgotten legacy rule" kiste $world dropped legacy-and-nft request "knoten br-x in" docker_legacy

# iptables of both generations
legacy_rule() { k iptables-legacy -A FORWARD -s 10.77.0.9 -p icmp -m comment --comment "no pings" -j DROP; }
sample "iptables-legacy: a rule about ICMP" kiste $world dropped icmp-blocked request "knoten br-x in" legacy_rule
legacy_user_chain() { k iptables-legacy -N mine; k iptables-legacy -A mine -d 203.0.113.0/24 -j DROP; k iptables-legacy -A FORWARD -i br-x -j mine; }
more "iptables-legacy: a chain of its own" kiste $world dropped forward-rule-drop request "knoten br-x in" legacy_user_chain
nft_reject() { k iptables-nft -A FORWARD -s 10.77.0.0/24 -j REJECT --reject-with icmp-admin-prohibited; }
more "iptables-nft: REJECT" kiste $world refused firewall-reject request "knoten br-x in" nft_reject
nft_established() { k iptables-nft -P FORWARD DROP; k iptables-nft -A FORWARD -i br-x -j ACCEPT; }
more "iptables-nft: replies not accepted" kiste $world dropped forward-policy-drop reply "knoten up0 in" nft_established
nft_mangle() { k iptables-nft -t mangle -A POSTROUTING -d $world -j DROP; }
more "iptables-nft: mangle POSTROUTING" kiste $world dropped postrouting-drop request "knoten br-x in" nft_mangle
nft6() { k ip6tables-nft -A FORWARD -d 2001:db8:5::/64 -j DROP; }
sample "ip6tables-nft: a rule" kiste 2001:db8:5::1 dropped forward-rule-drop request "knoten br-x in" nft6
multiport() { k iptables-nft -A FORWARD -p tcp -m multiport --dports 80,8088 -j DROP; }
PREPARE="serve welt 203.0.113.7 8088" sample "iptables-nft: multiport, over TCP" kiste $world:8088 dropped forward-rule-drop request "knoten br-x in" multiport
uncooked() { k iptables-nft -t raw -A PREROUTING -s 10.77.0.9 -j DROP; }
more "iptables-nft: raw PREROUTING" kiste $world dropped prerouting-drop request "" uncooked

# firewalld: zones by verdict maps, reject at the end
firewalld() {
    k nft -f - <<'N'
table inet firewalld {
    chain filter_FORWARD {
        type filter hook forward priority filter + 10; policy accept;
        ct state established,related accept
        ct status dnat accept
        iifname "lo" accept
        ct state invalid drop
        jump filter_FORWARD_POLICIES
        reject with icmpx admin-prohibited
    }
    chain filter_FORWARD_POLICIES {
        iifname "up0" oifname "br-x" jump filter_FWD_public
        iifname vmap { "br-x" : goto filter_FWD_trusted, "up0" : jump filter_FWD_public }
    }
    chain filter_FWD_public {
        icmp type { destination-unreachable } accept
    }
    chain filter_FWD_trusted {
        jump filter_FWD_trusted_deny
        reject with icmpx admin-prohibited
    }
    chain filter_FWD_trusted_deny {
    }
}
N
}
sample "firewalld: the zone rejects" kiste $world refused firewall-reject request "knoten br-x in" firewalld

# Sets, limits, states
blocked() {
    k nft add table inet sperre
    k nft add set inet sperre boese '{ type ipv4_addr ; flags interval ; }'
    k nft add element inet sperre boese '{ 203.0.113.0/24, 192.0.2.1 }'
    k nft add chain inet sperre f '{ type filter hook forward priority -5 ; }'
    k nft add rule inet sperre f ip daddr @boese counter drop
}
sample "a set of blocked networks" kiste $world dropped forward-rule-drop request "knoten br-x in" blocked
icmp() { k nft add table inet i; k nft add chain inet i f '{ type filter hook forward priority 0 ; }'; k nft add rule inet i f icmp type echo-request drop; }
more "a rule about pings only" kiste $world dropped icmp-blocked request "knoten br-x in" icmp
bridge_rule() { k nft add table bridge b; k nft add chain bridge b f '{ type filter hook forward priority 0 ; }'; k nft add rule bridge b f ip daddr 10.77.0.10 drop; }
sample "a rule of family bridge" kiste 10.77.0.10 dropped l2-filter-drop request "knoten vk1 in" bridge_rule
ingress() { k nft add table netdev n; k nft add chain netdev n i '{ type filter hook ingress device vk1 priority 0 ; }'; k nft add rule netdev n i ip daddr $world drop; }
sample "a rule at ingress" kiste $world dropped ingress-filter-drop request "" ingress

# Translation
masquerade_elsewhere() { k nft flush chain inet haus nachher; k nft add rule inet haus nachher ip saddr 10.77.0.0/24 oifname eth7 masquerade; }
more "masquerade for an interface that is gone" kiste $world no-reply masquerade-wrong "" "" masquerade_elsewhere
masquerade_old() { k nft flush chain inet haus nachher; k nft add rule inet haus nachher ip saddr 10.76.0.0/24 oifname up0 masquerade; }
more "masquerade for an old network" kiste $world no-reply masquerade-wrong "" "" masquerade_old
masquerade_none() { k nft flush chain inet haus nachher; }
sample "no masquerade over IPv6" kiste 2001:db8:5::1 no-reply masquerade-missing "" "" masquerade_none
serves() { serve kiste 10.77.0.9 80; k nft add chain inet haus vorher '{ type nat hook prerouting priority dstnat ; }'; k nft add rule inet haus vorher ip daddr 198.51.100.2 tcp dport 8080 dnat ip to 10.77.0.9:80; }
unpublish() { k nft flush chain inet haus vorher; }
PREPARE=serves NOFIX=1 more "port not published" welt 198.51.100.2:8080 refused publish-missing request "" unpublish
stale() { k nft flush chain inet haus vorher; k nft add rule inet haus vorher tcp dport 8080 dnat ip to 10.77.0.99:80; }
stale_here() { stale; ip netns del nachbar; }
PREPARE=serves sample "port led to nobody" welt 198.51.100.2:8080 dropped publish-stale request "" stale_here
elsewhere() { k nft flush chain inet haus vorher; k nft add rule inet haus vorher ip daddr 127.0.0.1 tcp dport 8080 dnat ip to 10.77.0.9:80; }
PREPARE=serves sample "port published on the loopback" welt 198.51.100.2:8080 refused publish-address request "" elsewhere
routed() { k nft delete table inet haus; ip -n welt route del 10.77.0.0/24; }
back() { k nft flush chain inet haus nachher; ip -n welt route add 10.77.0.0/24 via 198.51.100.2; ip -n welt route add 10.88.0.0/24 via 198.51.100.2; }
PREPARE=back sample "the far end lost its route" kiste $world no-reply no-return-path reply "" routed
summary
