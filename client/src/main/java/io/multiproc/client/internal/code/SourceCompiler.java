package io.multiproc.client.internal.code;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The JDK's compiler. Only a program that the JDK runs from its source needs this class: others may run where there is none. */
final class SourceCompiler {
    private final JavaCompiler compiler;

    private SourceCompiler(JavaCompiler compiler) {
        this.compiler = compiler;
    }

    /** The one of this JDK; null where there is none. */
    static @Nullable SourceCompiler system() {
        JavaCompiler found = ToolProvider.getSystemJavaCompiler();
        return found == null ? null : new SourceCompiler(found);
    }

    /**
     * Compiles a file into a folder.
     *
     * @param root where other files of the program are, or null if it is one file
     * @throws IllegalStateException if there are errors: it has their text
     */
    void compile(Path source, @Nullable Path root, Path to) throws IOException {
        List<String> options =
                new ArrayList<>(List.of("-d", to.toString(), "-proc:none", "-nowarn", "-encoding", "UTF-8"));
        options.addAll(List.of("-classpath", System.getProperty("java.class.path", "")));
        options.addAll(List.of("-sourcepath", root == null ? "" : root.toString()));
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean done = compiler.getTask(errors, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            if (!done) {
                throw new IllegalStateException(
                        "the program " + source + " cannot be compiled for its children:\n" + errors);
            }
        }
    }
}
