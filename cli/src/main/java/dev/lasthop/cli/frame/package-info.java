/** What every command stands on: command lines as values, output in two forms, failures with a next step. Knows no command. */
package dev.lasthop.cli.frame;
