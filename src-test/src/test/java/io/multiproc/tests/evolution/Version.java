package io.multiproc.tests.evolution;

import io.multiproc.client.ManagerOptions;
import io.multiproc.client.StoredName;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * One version of the classes of a program, in package {@code evo}: compiled from source, in a class loader of its own. The class {@code Program} makes
 * the object that is stored ({@code make()}) and tells what it reads ({@code show(Object)}).
 */
final class Version extends ClassLoader {
    private static final Pattern TOP = Pattern.compile("(?m)^public .*?(?:class|record|enum|interface) (\\w+)");

    private final Map<String, byte[]> classes = new HashMap<>();
    private final List<String> own = new ArrayList<>();

    private Version() {
        super(Version.class.getClassLoader());
    }

    /** A version with these top-level classes, each beginning with {@code public} at the start of a line. */
    static Version of(String source) {
        Version version = new Version();
        version.compile(source);
        return version;
    }

    private void compile(String source) {
        List<JavaFileObject> files = new ArrayList<>();
        String[] parts = source.split("(?m)^(?=public |@)");
        StringBuilder pending = new StringBuilder();
        for (String part : parts) {
            if (part.isBlank()) {
                continue;
            }
            pending.append(part);
            Matcher name = TOP.matcher(pending);
            if (!name.find()) {
                continue; // an annotation of what follows
            }
            String text = "package evo;\nimport java.util.*;\nimport io.multiproc.client.StoredName;\n" + pending;
            files.add(
                    new SimpleJavaFileObject(
                            URI.create("mem:///evo/" + name.group(1) + ".java"), JavaFileObject.Kind.SOURCE) {
                        @Override
                        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                            return text;
                        }
                    });
            if (!name.group(1).equals("Program")) {
                own.add("evo." + name.group(1));
            }
            pending.setLength(0);
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, null);
        JavaFileManager memory = new ForwardingJavaFileManager<>(standard) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("mem:///" + className + ".class"), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return new ByteArrayOutputStream() {
                            @Override
                            public void close() {
                                classes.put(className, toByteArray());
                            }
                        };
                    }
                };
            }
        };
        List<String> options = List.of("-classpath", System.getProperty("java.class.path"), "-proc:none");
        if (!compiler.getTask(
                        null,
                        memory,
                        d -> {
                            if (d.getKind() == javax.tools.Diagnostic.Kind.ERROR) {
                                throw new IllegalArgumentException(d.toString());
                            }
                        },
                        options,
                        null,
                        files)
                .call()) {
            throw new IllegalArgumentException("does not compile");
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = classes.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    /** The top-level classes but {@code Program}, registered under the numbers from 1000 in the order of their stored names in {@code numbers}. */
    ManagerOptions register(ManagerOptions options, List<String> numbers) {
        ManagerOptions out = options;
        for (String name : own) {
            out = out.register(1000 + numbers.indexOf(storedName(type(name))), type(name));
        }
        return out;
    }

    /** The package allowed, and one by one those that were renamed. */
    ManagerOptions allow(ManagerOptions options) {
        ManagerOptions out = options.allowPackage("evo");
        for (String name : own) {
            if (type(name).isAnnotationPresent(StoredName.class)) {
                out = out.allowClass(type(name));
            }
        }
        return out;
    }

    List<String> storedNames() {
        return own.stream().map(n -> storedName(type(n))).toList();
    }

    private static String storedName(Class<?> type) {
        StoredName name = type.getAnnotation(StoredName.class);
        return name == null ? type.getName() : name.value();
    }

    private Class<?> type(String name) {
        try {
            return loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    Object make() {
        return call("make");
    }

    String show(Object value) {
        return (String) call("show", value);
    }

    private Object call(String method, Object... arguments) {
        try {
            for (var m : type("evo.Program").getMethods()) {
                if (m.getName().equals(method)) {
                    return m.invoke(null, arguments);
                }
            }
            throw new IllegalStateException(method);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
