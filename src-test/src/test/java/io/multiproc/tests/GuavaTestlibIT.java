package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.ListTestSuiteBuilder;
import com.google.common.collect.testing.QueueTestSuiteBuilder;
import com.google.common.collect.testing.SetTestSuiteBuilder;
import com.google.common.collect.testing.TestStringListGenerator;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.TestStringQueueGenerator;
import com.google.common.collect.testing.TestStringSetGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.ListFeature;
import com.google.common.collect.testing.features.MapFeature;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SetProxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guava's suites for collections, on every proxy that is one, in one session and in two: what one session fills, another one is tested
 * with. The deviations are those of the list; one that does not show any more fails, too.
 */
class GuavaTestlibIT {
    /** Tests that fail, by a part of their names, and why that is right. */
    private static final Map<String, String> DEVIATIONS = Map.of();

    private static Manager manager;
    private static Manager other;

    @BeforeAll
    static void connect() {
        manager = Manager.inProcess();
        other = Manager.connect(manager.options());
    }

    @AfterAll
    static void disconnect() {
        other.close();
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyProxy(boolean twoSessions) {
        Manager second = twoSessions ? other : manager;
        TestSuite all = new TestSuite();
        all.addTest(ConcurrentMapTestSuiteBuilder.using(new Dicts(second))
                .named("dict")
                .withFeatures(
                        MapFeature.GENERAL_PURPOSE,
                        MapFeature.ALLOWS_NULL_ENTRY_QUERIES,
                        CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                        CollectionFeature.KNOWN_ORDER,
                        CollectionSize.ANY)
                .createTestSuite());
        all.addTest(ListTestSuiteBuilder.using(new Lists(second))
                .named("list")
                .withFeatures(ListFeature.GENERAL_PURPOSE, CollectionFeature.ALLOWS_NULL_VALUES, CollectionSize.ANY)
                .createTestSuite());
        all.addTest(SetTestSuiteBuilder.using(new Sets(second))
                .named("set")
                .withFeatures(CollectionFeature.GENERAL_PURPOSE, CollectionFeature.KNOWN_ORDER, CollectionSize.ANY)
                .createTestSuite());
        all.addTest(QueueTestSuiteBuilder.using(new Queues(second))
                .named("queue")
                .withFeatures(CollectionFeature.GENERAL_PURPOSE, CollectionFeature.KNOWN_ORDER, CollectionSize.ANY)
                .createTestSuite());
        TestResult result = new TestResult();
        all.run(result);
        Map<String, String> failed = new TreeMap<>();
        List<TestFailure> failures = new ArrayList<>(Collections.list(result.failures()));
        failures.addAll(Collections.list(result.errors()));
        Set<String> seen = new TreeSet<>();
        for (TestFailure f : failures) {
            String name = f.failedTest() instanceof TestCase c
                    ? nameOf(c)
                    : f.failedTest().toString();
            if (DEVIATIONS.keySet().stream()
                    .filter(name::contains)
                    .peek(seen::add)
                    .toList()
                    .isEmpty()) {
                failed.put(name, String.valueOf(f.thrownException()));
            }
        }
        assertEquals(Map.of(), failed, failed.size() + " of " + result.runCount() + " fail");
        assertEquals(new TreeSet<>(DEVIATIONS.keySet()), seen, "deviations that are none any more");
        assertEquals(true, result.runCount() > 1000, "the suites are nearly empty: " + result.runCount());
    }

    private static String nameOf(Test test) {
        return test.getClass().getSimpleName() + "." + test;
    }

    private static String name() {
        return UUID.randomUUID().toString();
    }

    private static final class Dicts extends TestStringMapGenerator {
        private final Manager second;

        Dicts(Manager second) {
            this.second = second;
        }

        @Override
        protected Map<String, String> create(Map.Entry<String, String>[] entries) {
            String name = name();
            DictProxy<String, String> filled = manager.dict(name, String.class, String.class);
            for (Map.Entry<String, String> e : entries) {
                filled.set(e.getKey(), e.getValue());
            }
            return second.dict(name, String.class, String.class);
        }
    }

    private static final class Lists extends TestStringListGenerator {
        private final Manager second;

        Lists(Manager second) {
            this.second = second;
        }

        @Override
        protected List<String> create(String[] elements) {
            String name = name();
            ListProxy<String> filled = manager.list(name, String.class);
            filled.addAll(Arrays.asList(elements));
            return second.list(name, String.class);
        }
    }

    private static final class Sets extends TestStringSetGenerator {
        private final Manager second;

        Sets(Manager second) {
            this.second = second;
        }

        @Override
        protected Set<String> create(String[] elements) {
            String name = name();
            SetProxy<String> filled = manager.set(name, String.class);
            filled.addAll(Arrays.asList(elements));
            return second.set(name, String.class);
        }
    }

    private static final class Queues extends TestStringQueueGenerator {
        private final Manager second;

        Queues(Manager second) {
            this.second = second;
        }

        @Override
        protected Queue<String> create(String[] elements) {
            String name = name();
            QueueProxy<String> filled = manager.queue(name, String.class, 0);
            filled.addAll(Arrays.asList(elements));
            return second.queue(name, String.class, 0);
        }
    }
}
