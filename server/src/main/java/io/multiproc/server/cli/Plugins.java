package io.multiproc.server.cli;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.ManagerPlugin;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The jars of {@code --plugins}: found and loaded before the server starts, registered when it runs, before it is ready. */
final class Plugins {
    private record Plugin(Path jar, ManagerPlugin plugin) {}

    private final List<Plugin> plugins = new ArrayList<>();

    private Plugins() {}

    /**
     * Loads all jars of a folder.
     *
     * @throws IllegalStateException naming the first bad one
     */
    static Plugins load(Path folder) throws IOException {
        Plugins out = new Plugins();
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--plugins: " + folder + " is no folder");
        }
        List<Path> jars;
        try (Stream<Path> files = Files.list(folder)) {
            jars = files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : jars) {
            out.open(jar.toAbsolutePath());
        }
        return out;
    }

    private void open(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            if (file.getEntry("META-INF/services/" + ManagerPlugin.class.getName()) == null) {
                throw bad(jar, "it names no " + ManagerPlugin.class.getName() + " in META-INF/services", null);
            }
        } catch (IOException e) {
            throw bad(jar, "it cannot be read as a jar: " + e.getMessage(), e);
        }
        // stays open for as long as the server runs
        URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, ManagerPlugin.class.getClassLoader());
        try {
            for (ManagerPlugin plugin : ServiceLoader.load(ManagerPlugin.class, loader)) {
                plugins.add(new Plugin(jar, plugin));
            }
        } catch (ServiceConfigurationError | LinkageError e) {
            throw bad(jar, e.toString(), e);
        }
    }

    private static IllegalStateException bad(Path jar, String why, @org.jspecify.annotations.Nullable Throwable e) {
        return new IllegalStateException("plugin " + jar.getFileName() + ": " + why, e);
    }

    boolean isEmpty() {
        return plugins.isEmpty();
    }

    /**
     * Registers their classes at a server of this process. The connection that hosts them ends with the server.
     *
     * @throws IllegalStateException naming the first plugin that fails
     */
    void register(String uri, byte[] key) {
        Manager manager = Manager.connect(
                ManagerOptions.defaults().withAddress(uri).withAuthkey(key).withName("plugins"));
        for (Plugin p : plugins) {
            try {
                p.plugin.register(manager::register);
            } catch (Exception | LinkageError e) {
                manager.close();
                throw bad(p.jar, e.toString(), e);
            }
        }
    }
}
