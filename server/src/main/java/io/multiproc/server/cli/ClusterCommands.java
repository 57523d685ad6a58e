package io.multiproc.server.cli;

import io.multiproc.client.ClusterInfo;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.NoLeaderException;
import io.multiproc.server.ClusterOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands about the nodes of a cluster. */
final class ClusterCommands {
    private ClusterCommands() {}

    /** The one of that name; null if there is none. */
    static @Nullable Subcommand command(String name) {
        return switch (name) {
            case "cluster" -> new Show();
            case "cluster add" -> new Add();
            case "cluster remove" -> new Remove();
            case "cluster transfer" -> new Transfer();
            default -> null;
        };
    }

    /** Lists the nodes. */
    static final class Show extends Inspect.Base {
        /** Longer than an election takes; without a leader, what a node knows is shown after that. */
        private static final Duration ELECTION = Duration.ofSeconds(3);

        Show() {
            super(
                    "cluster",
                    "Lists the nodes of a cluster: which one leads, and how far the others are behind.",
                    "Works at any node, also while none leads: then it shows what that node knows. 'cluster add', 'cluster remove' and 'cluster transfer' change the cluster.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON, with times in milliseconds.");

        @Override
        ManagerOptions adjusted(ManagerOptions options) {
            return options.connectTimeout().compareTo(ELECTION) > 0 ? options.withConnectTimeout(ELECTION) : options;
        }

        @Override
        int run(PrintStream out) throws IOException, InterruptedException {
            try {
                return super.run(out);
            } catch (NoLeaderException e) {
                ClusterInfo known = e.cluster();
                if (known == null) {
                    throw e;
                }
                print(known, out);
                out.flush();
                System.err.println("multiproc: " + Shown.escaped(Multiproc.text(e)));
                return 0;
            }
        }

        @Override
        void act(Manager manager, PrintStream out) {
            print(manager.cluster(), out);
        }

        private void print(ClusterInfo cluster, PrintStream out) {
            if (json.get()) {
                out.println(Json.of(new Shown(Map.of()).json(cluster.details())));
                return;
            }
            if (cluster.members().isEmpty()) {
                out.println("a single server: it is no node of a cluster");
                return;
            }
            String leader = cluster.leader();
            String why = cluster.why();
            out.println((leader == null
                            ? "no node leads" + (why == null ? "" : " (" + Shown.escaped(why) + ")")
                            : Shown.escaped(leader) + " leads")
                    + ", term " + cluster.term() + ", as " + Shown.escaped(cluster.node()) + " sees it");
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (ClusterInfo.Member member : cluster.members()) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                row.put("node", member.node());
                row.put("role", member.role());
                row.put("lag", member.lag());
                Duration heard = member.heard();
                row.put("heard", heard == null ? null : Shown.time(heard.toMillis()));
                row.put("address", member.address());
                row.put("clients", member.uris().isEmpty() ? null : String.join(" ", member.uris()));
                rows.add(row);
            }
            Table.print(out, rows, "node", "role", "lag", "heard", "address", "clients");
        }
    }

    /** Makes a server a node. */
    static final class Add extends Inspect.Base {
        Add() {
            super(
                    "cluster add",
                    "Makes a server a node of the cluster; waits until it has what the others have.",
                    "NODE=HOST:PORT is the name that it was started with, and where the other nodes reach it.");
        }

        private final Input<String> node = inputs.parameter("NODE=HOST:PORT");

        @Override
        void act(Manager manager, PrintStream out) {
            String text = node.get();
            int at = text.indexOf('=');
            if (at < 1) {
                throw new UsageException("a node is written NODE=HOST:PORT, as d=10.0.0.4:7000, not '" + text + "'");
            }
            String name = text.substring(0, at);
            String address = text.substring(at + 1);
            ClusterOptions.checkName(name);
            ClusterOptions.checkAddress(name, address);
            begins();
            manager.addNode(name, address);
            out.println("added " + name);
        }
    }

    /** Takes a node out. */
    static final class Remove extends Inspect.Base {
        Remove() {
            super("cluster remove", "Takes a node out of the cluster, for good; its server can be ended then.");
        }

        private final Input<String> node = inputs.parameter("NODE");

        @Override
        void act(Manager manager, PrintStream out) {
            begins();
            manager.removeNode(node.get());
            out.println("removed " + Shown.escaped(node.get()));
        }
    }

    /** Has another node lead. */
    static final class Transfer extends Inspect.Base {
        Transfer() {
            super(
                    "cluster transfer",
                    "Has a node lead, or without NODE the one that has most of the log; calls of clients wait meanwhile.");
        }

        private final Input<List<String>> node = inputs.rest("NODE", 0);

        @Override
        void act(Manager manager, PrintStream out) {
            List<String> to = node.get();
            if (to.size() > 1) {
                throw new UsageException("'" + to.get(1) + "' is one word too many");
            }
            begins();
            manager.transferLeadership(to.isEmpty() ? "" : to.get(0));
            String leader = manager.cluster().leader();
            out.println(leader == null ? "handed over; no node leads yet" : Shown.escaped(leader) + " leads");
        }
    }
}
