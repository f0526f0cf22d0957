package dev.lasthop.cli;

import dev.lasthop.cli.catalogue.FaultsCommand;
import dev.lasthop.cli.demo.DemoCommand;
import dev.lasthop.cli.flow.DiagnoseCommand;
import dev.lasthop.cli.flow.PathCommand;
import dev.lasthop.cli.flow.TraceCommand;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.lab.LabBreak;
import dev.lasthop.cli.lab.LabDown;
import dev.lasthop.cli.lab.LabList;
import dev.lasthop.cli.lab.LabMend;
import dev.lasthop.cli.lab.LabServe;
import dev.lasthop.cli.lab.LabShell;
import dev.lasthop.cli.lab.LabUp;
import dev.lasthop.cli.wiring.Apply;
import dev.lasthop.cli.wiring.Collect;
import dev.lasthop.cli.wiring.Connect;
import dev.lasthop.cli.wiring.Disconnect;
import dev.lasthop.cli.wiring.ListAll;
import dev.lasthop.cli.wiring.NetworkCreate;
import dev.lasthop.cli.wiring.NetworkInspect;
import dev.lasthop.cli.wiring.NetworkList;
import dev.lasthop.cli.wiring.NetworkRemove;
import dev.lasthop.cli.wiring.PeerAdd;
import dev.lasthop.cli.wiring.PeerRemove;
import dev.lasthop.cli.wiring.Publish;
import dev.lasthop.cli.wiring.Repair;
import dev.lasthop.cli.wiring.SetEndpoint;
import dev.lasthop.cli.wiring.Unpublish;
import java.util.List;

/** The commands that there are, in the order of the help. A new command is one class and one line here. */
final class Commands {
    private Commands() {}

    static List<Command> all() {
        return List.of(
                new DemoCommand(),
                new NetworkCreate(),
                new NetworkList(),
                new NetworkInspect(),
                new NetworkRemove(),
                new PeerAdd(),
                new PeerRemove(),
                new Connect(),
                new SetEndpoint(),
                new Disconnect(),
                new Publish(),
                new Unpublish(),
                new Apply(),
                new ListAll(),
                new Collect(),
                new Repair(),
                new PathCommand(),
                new TraceCommand(),
                new DiagnoseCommand(),
                new FaultsCommand(),
                new LabUp(),
                new LabBreak(),
                new LabMend(),
                new LabDown(),
                new LabList(),
                new LabShell(),
                new LabServe());
    }
}
