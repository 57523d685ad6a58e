package io.multiproc.server.cli;

import io.multiproc.client.Authkeys;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.server.cli.Input.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands that keep the user's contexts. */
final class ContextCommands {
    private static final int MOST_PORT = 65535;

    private ContextCommands() {}

    private static void warn(String text) {
        System.err.println("multiproc: warning: " + Shown.escaped(text));
    }

    /** The one of that name; null if there is none. */
    static @Nullable Subcommand command(String name) {
        return switch (name) {
            case "context add" -> new Add();
            case "context list" -> new All();
            case "context use" -> new Use();
            case "context remove" -> new Remove();
            default -> null;
        };
    }

    /** Makes a context. */
    static final class Add extends Subcommand {
        Add() {
            super(
                    "context add",
                    "Names an address and a key file, for '-c NAME' of every command.",
                    "The path of the key file is kept, not the key.");
        }

        private final Input<String> address =
                inputs.option("address", "URI", Kind.TEXT, ManagerOptions.DEFAULT_ADDRESS, "Where the manager is.");

        private final Input<@Nullable Path> authkeyFile = inputs.option(
                "authkey-file",
                "FILE",
                Kind.PATH,
                "File with its authkey. Default: the key is looked for as without a context.");

        private final TlsInputs tls = new TlsInputs(inputs, "found as without a context.");

        private final Input<Boolean> use = inputs.flag("use", "Uses it from now on.");

        private final Input<String> name = inputs.parameter("NAME");

        @Override
        int run(PrintStream out) throws IOException {
            check(address.get());
            TlsInputs.Files files = tls.get();
            if (files.ca() != null
                    && !ManagerOptions.defaults().withAddress(address.get()).addresses().stream()
                            .allMatch(a -> a.startsWith("tls://"))) {
                throw new UsageException("--tls-ca is for addresses tls://host:port, not " + address.get());
            }
            Path file = authkeyFile.get();
            if (file != null) {
                Authkeys.Authkey unusedKey = Authkeys.read(file);
            }
            Contexts contexts = new Contexts();
            contexts.add(new Contexts.Context(name.get(), address.get(), file, files));
            if (use.get()) {
                contexts.use(name.get());
            }
            out.println("added " + name.get() + (use.get() ? ", which is in use" : ""));
            return 0;
        }
    }

    /** Refuses what no client could connect to. */
    static void check(String addresses) {
        List<String> all;
        try {
            all = ManagerOptions.defaults().withAddress(addresses).addresses();
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        all.forEach(ContextCommands::checkOne);
    }

    private static void checkOne(String address) {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException e) {
            uri = URI.create("");
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        boolean unix = "unix".equals(uri.getScheme()) && path.length() > 1 && path.startsWith("/");
        boolean tcp = ("tcp".equals(uri.getScheme()) || "tls".equals(uri.getScheme()))
                && uri.getHost() != null
                && path.isEmpty();
        if (!unix && !tcp) {
            throw new UsageException(
                    "'" + address
                            + "' is not an address; write tls://host:port for another machine, tcp://host:port on this one, or unix:///path");
        }
        if (tcp && (uri.getPort() == 0 || uri.getPort() > MOST_PORT)) {
            throw new UsageException("'" + address + "' has no port to connect to: ports are 1 to " + MOST_PORT
                    + ", or absent for 50000");
        }
    }

    /** Lists the contexts. */
    static final class All extends Subcommand {
        All() {
            super("context list", "Lists the contexts; '*' marks the one in use.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");

        @Override
        int run(PrintStream out) throws IOException {
            Contexts contexts = new Contexts();
            String current;
            try {
                current = contexts.currentName();
            } catch (ManagerException e) {
                warn(Multiproc.text(e));
                current = "";
            }
            List<Contexts.Context> all = new ArrayList<>();
            all.add(new Contexts.Context(Contexts.DEFAULT, ManagerOptions.DEFAULT_ADDRESS, null));
            all.addAll(contexts.all(ContextCommands::warn));
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (Contexts.Context c : all) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                boolean used = c.name().equals(current);
                row.put("in_use", json.get() ? (Object) used : used ? "*" : "");
                row.put("name", c.name());
                row.put("address", c.address());
                Path key = c.authkeyFile();
                row.put("authkey_file", key == null ? null : key.toString());
                rows.add(row);
            }
            if (json.get()) {
                out.println(Json.of(rows));
            } else {
                Table.print(out, rows, "in_use", "name", "address", "authkey_file");
            }
            return 0;
        }
    }

    /** Chooses a context. */
    static final class Use extends Subcommand {
        Use() {
            super(
                    "context use",
                    "Chooses the context that commands use which are given neither -c nor --address; 'default' for none.");
        }

        private final Input<String> name = inputs.parameter("NAME");

        @Override
        int run(PrintStream out) throws IOException {
            new Contexts().use(name.get());
            out.println(name.get() + " is in use");
            return 0;
        }
    }

    /** Removes a context. */
    static final class Remove extends Subcommand {
        Remove() {
            super("context remove", "Removes a context; its key file stays.");
        }

        private final Input<String> name = inputs.parameter("NAME");

        @Override
        int run(PrintStream out) throws IOException {
            new Contexts().remove(name.get());
            out.println("removed " + name.get());
            return 0;
        }
    }
}
