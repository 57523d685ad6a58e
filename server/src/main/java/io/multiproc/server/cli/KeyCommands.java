package io.multiproc.server.cli;

import io.multiproc.client.KeyInfo;
import io.multiproc.client.Manager;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands about the keys of a running manager. */
final class KeyCommands {
    private KeyCommands() {}

    /** The one of that name; null if there is none. */
    static @Nullable Subcommand command(String name) {
        return switch (name) {
            case "keys list" -> new All();
            case "keys reload" -> new Reload();
            case "keys end" -> new End();
            default -> null;
        };
    }

    /** Lists the keys. */
    static final class All extends Inspect.Base {
        All() {
            super("keys list", "Lists the manager's keys: name, role, prefixes, how many sessions each has.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");

        @Override
        void act(Manager manager, PrintStream out) {
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (KeyInfo key : manager.keys()) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>(key.details());
                if (!json.get()) {
                    row.put("prefixes", String.join(" ", key.prefixes()));
                }
                rows.add(row);
            }
            if (json.get()) {
                out.println(Json.of(rows));
            } else {
                Table.print(out, rows, "name", "role", "prefixes", "sessions");
            }
        }
    }

    /** Has the files read again. */
    static final class Reload extends Inspect.Base {
        Reload() {
            super(
                    "keys reload",
                    "Has the manager read the files of its keys again, as SIGHUP does.",
                    "Sessions of keys that are gone end. If a file cannot be used, the keys stay as they were.");
        }

        private final Input<Boolean> json = inputs.flag("json", "Prints JSON.");

        @Override
        void act(Manager manager, PrintStream out) {
            begins();
            Map<String, Long> counts = manager.reloadKeys();
            if (json.get()) {
                out.println(Json.of(counts));
                return;
            }
            out.println("valid keys: " + counts.get("keys") + "; " + counts.get("added") + " added, "
                    + counts.get("changed") + " changed, " + counts.get("removed") + " removed, " + counts.get("ended")
                    + " sessions ended");
        }
    }

    /** Ends a key's sessions. */
    static final class End extends Inspect.Base {
        End() {
            super("keys end", "Ends the sessions of a key, which stays valid.");
        }

        private final Input<String> name = inputs.parameter("KEY");

        @Override
        void act(Manager manager, PrintStream out) {
            begins();
            out.println("ended " + manager.endSessions(name.get()) + " sessions of " + Shown.escaped(name.get()));
        }
    }
}
