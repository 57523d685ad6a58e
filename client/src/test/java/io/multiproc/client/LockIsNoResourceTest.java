package io.multiproc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lock in a try-with-resources statement would stay locked: the compiler refuses it, and takes what {@code hold} gives. */
class LockIsNoResourceTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "LockProxy",
                "SemaphoreProxy",
                "ReadWriteLockProxy",
                "ConditionProxy",
                "io.multiproc.client.memory.SharedLock",
                "Proxy"
            })
    void theCompilerRefusesIt(String type) {
        List<String> errors = errors(type);
        assertEquals(1, errors.size(), errors.toString());
        assertTrue(errors.get(0).contains("try-with-resources"), errors.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Held", "DictProxy<String, String>", "QueueProxy<String>", "EventProxy", "ValueProxy<Long>"})
    void theCompilerTakesIt(String type) {
        assertEquals(List.of(), errors(type));
    }

    private static List<String> errors(String type) {
        String source = "import io.multiproc.client.*; class X { void m(" + type + " p) throws Exception { try (" + type
                + " q = p) { q.hashCode(); } } }";
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///X.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        found,
                        List.of("-proc:none", "-implicit:none", "-d", "target", "-Xlint:none"),
                        null,
                        List.of(file))
                .call();
        List<String> errors = found.getDiagnostics().stream()
                .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .map(d -> d.getMessage(null))
                .toList();
        assertEquals(compiled, errors.isEmpty());
        return errors;
    }

    @Test
    void aReleaseThatDidNothingCanBeRepeated() {
        AtomicInteger calls = new AtomicInteger();
        Held held = Held.of(() -> {
            if (calls.incrementAndGet() == 1) {
                throw new ManagerException(ErrorCode.SHUTTING_DOWN, Outcome.NOT_APPLIED, "not sent", null);
            }
        });
        assertThrows(ManagerException.class, held::close);
        held.close();
        held.close();
        assertEquals(2, calls.get());
    }

    @Test
    void aReleaseOfUnknownOutcomeIsNotRepeated() {
        AtomicInteger calls = new AtomicInteger();
        Held held = Held.of(() -> {
            calls.incrementAndGet();
            throw new ManagerException(ErrorCode.SHUTTING_DOWN, Outcome.UNKNOWN, "lost", null);
        });
        assertThrows(ManagerException.class, held::close);
        held.close();
        assertEquals(1, calls.get());
    }
}
