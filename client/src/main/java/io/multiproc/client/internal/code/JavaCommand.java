package io.multiproc.client.internal.code;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a child JVM's command line: where its classes are, and its main class. */
public final class JavaCommand {
    /** Spring Boot's launcher of any main class in its executable jar, since 3.2 and before. */
    private static final List<String> BOOT_LAUNCHERS = List.of(
            "org.springframework.boot.loader.launch.PropertiesLauncher",
            "org.springframework.boot.loader.PropertiesLauncher");

    private JavaCommand() {}

    /**
     * A child that finds the classes which this JVM finds.
     *
     * @param main the name of its main class
     * @param beside a class of the same module and class loader
     */
    public static List<String> run(String main, Class<?> beside) {
        return run(main, beside, SourceProgram.classes());
    }

    /** As {@link #run}, for a child that needs no class of the program. */
    public static List<String> runWithout(String main, Class<?> beside) {
        return run(main, beside, null);
    }

    private static List<String> run(String main, Class<?> beside, @Nullable Path sources) {
        List<String> command = new ArrayList<>();
        String modules = System.getProperty("jdk.module.path");
        if (modules != null) {
            command.addAll(List.of("--module-path", modules, "--add-modules", "ALL-MODULE-PATH"));
        }
        String classes = System.getProperty("java.class.path", "");
        List<String> program = List.of(main);
        if (beside.getModule().isNamed()) {
            program = List.of("-m", beside.getModule().getName() + "/" + main);
        } else if (!onClassPath(main)) {
            String launcher = BOOT_LAUNCHERS.stream()
                    .filter(JavaCommand::onClassPath)
                    .findFirst()
                    .orElse(null);
            if (launcher != null) {
                program = List.of("-Dloader.main=" + main, launcher);
            } else {
                classes = joined(files(beside.getClassLoader()), classes);
            }
        }
        if (sources != null) {
            // last: an archive of the jars before it stays one of this class path
            classes = joined(List.of(classes), sources.toString());
        }
        if (!classes.isEmpty()) {
            command.addAll(List.of("-cp", classes));
        }
        command.addAll(program);
        return command;
    }

    /** Whether a JVM with this class path alone would find the class: not if it is in a jar within a jar, or a tool's loader brought it. */
    public static boolean onClassPath(String name) {
        return ClassLoader.getSystemClassLoader().getResource(name.replace('.', '/') + ".class") != null;
    }

    private static String joined(List<String> files, String classes) {
        List<String> all = new ArrayList<>(files);
        if (!classes.isEmpty()) {
            all.add(classes);
        }
        return String.join(File.pathSeparator, all);
    }

    /** The jars and folders of a loader and its parents, such as Maven's {@code exec:java} makes. */
    private static List<String> files(ClassLoader first) {
        List<String> files = new ArrayList<>();
        for (ClassLoader loader = first; loader != null; loader = loader.getParent()) {
            if (loader instanceof URLClassLoader urls) {
                for (URL url : urls.getURLs()) {
                    try {
                        files.add(Path.of(url.toURI()).toString());
                    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
                        // no file that a class path could name
                    }
                }
            }
        }
        return files;
    }
}
