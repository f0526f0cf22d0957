/** The commands that wire: networks, connections, published ports. */
package dev.lasthop.cli.wiring;
