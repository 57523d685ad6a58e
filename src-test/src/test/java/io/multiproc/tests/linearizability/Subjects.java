package io.multiproc.tests.linearizability;

import io.multiproc.client.ArrayProxy;
import io.multiproc.client.BarrierProxy;
import io.multiproc.client.ConditionProxy;
import io.multiproc.client.CountDownLatchProxy;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.IteratorProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.ReadWriteLockProxy;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.SetProxy;
import io.multiproc.client.SimpleQueueProxy;
import io.multiproc.client.ValueProxy;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Makes the calls of a {@link Spec} on real proxies, and chooses random ones. */
final class Subjects {
    private static final Duration SHORT = Duration.ofMillis(1);

    private Subjects() {}

    /** Makes calls on an object, as one client does. */
    @FunctionalInterface
    interface Subject {
        /** The answer; null for none. */
        Object make(Spec.Call call) throws Exception;
    }

    /** A registered class. */
    public static final class Account {
        private int balance;

        public Account() {}

        public int get() {
            return balance;
        }

        public int addAndGet(int n) {
            balance += n;
            return balance;
        }

        public int getAndSet(int n) {
            int before = balance;
            balance = n;
            return before;
        }
    }

    /** The names of the calls of a type that {@link #random} chooses from; a number says how many arguments. */
    private static List<String> calls(String type) {
        return switch (type) {
            case "dict" -> List.of(
                    "get 0", "put 1", "remove 0", "putIfAbsent 1", "replace 2", "add 1", "merge 1", "size");
            case "namespace" -> List.of("set 1", "delete 0", "replace 2", "add 1", "size");
            case "list" -> List.of("append 1", "insert 1", "pop", "count 1", "snapshot", "size");
            case "set" -> List.of("add 1", "remove 1", "contains 1", "pop", "size");
            case "value" -> List.of("get", "set 1", "getAndSet 1", "compareAndSet 2", "addAndGet 1", "update 1");
            case "counter" -> List.of("get", "set 1", "getAndSet 1", "compareAndSet 2", "addAndGet 1");
            case "array" -> List.of("get 0", "set 1", "compareAndSet 2", "addAndGet 1", "getAll");
            case "queue" -> List.of("offer 1", "offer 1", "poll", "poll", "peek", "size", "isShutdown");
            case "simple_queue" -> List.of("put 1", "put 1", "isEmpty", "isShutdown");
            case "joinable_queue" -> List.of("put 1", "poll", "taskDone", "unfinished", "join");
            case "priority_queue" -> List.of("offerSorted 1", "offerSorted 1", "poll", "peek", "size");
            case "iterator" -> List.of("next 1");
            case "event" -> List.of("set", "clear", "isSet", "await");
            case "count_down_latch" -> List.of("countDown", "await", "getCount");
            case "semaphore", "bounded_semaphore" -> List.of(
                    "tryAcquire", "tryAcquire", "release", "held", "available");
            case "barrier" -> List.of("await", "reset", "reset", "abort", "isBroken");
            case "lock", "rlock" -> List.of("tryLock", "tryLock", "unlock", "isLocked");
            case "condition" -> List.of("tryLock", "tryLock", "unlock", "notify");
            case "read_write_lock" -> List.of(
                    "tryRead", "tryRead", "tryWrite", "unlockRead", "unlockWrite", "isWriteLocked");
            case "instance" -> List.of("get", "getAndSet 1", "addAndGet 1");
            default -> throw new IllegalArgumentException("no calls of " + type);
        };
    }

    /** A random call; keyed types get a key in front of the numbers. */
    static Spec.Call random(String type, int client, Random random) {
        if (type.endsWith("queue") && random.nextInt(60) == 0) {
            // in some rounds, as nothing much happens after it
            return new Spec.Call(client, "shutdown", List.of(1 + random.nextInt(2)));
        }
        List<String> calls = calls(type);
        String[] words = calls.get(random.nextInt(calls.size())).split(" ");
        boolean keyed =
                words.length > 1 && List.of("dict", "namespace", "array").contains(type);
        int numbers = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        List<Object> args = new java.util.ArrayList<>();
        if (keyed) {
            args.add(type.equals("array") ? (Object) random.nextInt(2) : "k" + random.nextInt(2));
        }
        for (int i = 0; i < numbers; i++) {
            args.add(1 + random.nextInt(3));
        }
        return new Spec.Call(client, words[0], args);
    }

    /** What must exist before the clients come. */
    static void prepare(String type, Manager m, String name) {
        if (type.equals("iterator")) {
            ListProxy<Integer> list = m.list(name + " source", Integer.class);
            list.addAll(IntStream.range(0, Specs.SOURCE).boxed().toList());
            m.dict(name).put("iterator", m.iterator(list, Integer.class));
        } else if (type.equals("instance")) {
            m.register(name + " class", Account.class);
            m.dict(name).put("instance", m.createInstance(name + " class"));
        }
    }

    /** The object of a name, made if there is none, for one client. */
    static Subject open(String type, Manager m, String name) {
        return switch (type) {
            case "dict" -> dict(m.dict(name, String.class, Integer.class));
            case "namespace" -> namespace(m.namespace(name));
            case "list" -> list(m.list(name, Integer.class));
            case "set" -> set(m.set(name, Integer.class));
            case "value" -> value(m.value(name, "i", 0));
            case "counter" -> counter(m.counter(name));
            case "array" -> array(m.array(name, "i", Integer.class, 2));
            case "queue" -> queue(m.queue(name, Integer.class, Specs.CAPACITY));
            case "priority_queue" -> queue(m.priorityQueue(name, Integer.class, 0));
            case "joinable_queue" -> joinable(m.joinableQueue(name, Integer.class, 0));
            case "simple_queue" -> simple(m.simpleQueue(name, Integer.class));
            case "iterator" -> {
                @SuppressWarnings("unchecked")
                IteratorProxy<Object> i = (IteratorProxy<Object>) m.dict(name).get("iterator");
                yield c -> i.nextAsync(c.number(0)).get();
            }
            case "event" -> event(m.event(name));
            case "count_down_latch" -> latch(m.countDownLatch(name, Specs.COUNT));
            case "semaphore" -> semaphore(m.semaphore(name, Specs.PERMITS));
            case "bounded_semaphore" -> semaphore(m.boundedSemaphore(name, Specs.PERMITS));
            case "barrier" -> barrier(m.barrier(name, 2));
            case "lock" -> lock(m.lock(name), null);
            case "rlock" -> lock(m.rlock(name), null);
            case "condition" -> lock(m.condition(name).lock(), m.condition(name));
            case "read_write_lock" -> readWriteLock(m.readWriteLock(name));
            case "instance" -> {
                var i = (io.multiproc.client.InstanceProxy) m.dict(name).get("instance");
                yield c -> i.call(c.name(), c.args().toArray());
            }
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static Subject dict(DictProxy<String, Integer> d) {
        return c -> {
            String key = c.args().isEmpty() ? "" : String.valueOf(c.args().get(0));
            return switch (c.name()) {
                case "get" -> d.get(key);
                case "put" -> d.put(key, c.number(1));
                case "remove" -> d.remove(key);
                case "putIfAbsent" -> d.putIfAbsent(key, c.number(1));
                case "replace" -> d.replace(key, c.number(1), c.number(2));
                case "add" -> d.add(key, c.number(1));
                case "merge" -> d.merge(key, c.number(1), Integer::sum);
                default -> d.size();
            };
        };
    }

    private static Subject namespace(NamespaceProxy n) {
        return c -> {
            String key = c.args().isEmpty() ? "" : String.valueOf(c.args().get(0));
            return switch (c.name()) {
                case "set" -> {
                    n.set(key, c.number(1));
                    yield null;
                }
                case "delete" -> n.delete(key);
                case "replace" -> n.compareAndSet(key, c.number(1), c.number(2));
                case "add" -> n.add(key, c.number(1)).intValue();
                default -> n.names().size();
            };
        };
    }

    private static Subject list(ListProxy<Integer> l) {
        return c -> switch (c.name()) {
            case "append" -> {
                l.append(c.number(0));
                yield null;
            }
            case "insert" -> {
                l.insert(0, c.number(0));
                yield null;
            }
            case "pop" -> l.pop();
            case "count" -> l.count(c.number(0));
            case "snapshot" -> l.snapshot();
            default -> l.size();
        };
    }

    private static Subject set(SetProxy<Integer> s) {
        return c -> switch (c.name()) {
            case "add" -> s.add(c.number(0));
            case "remove" -> s.remove(c.number(0));
            case "contains" -> s.contains(c.number(0));
            case "pop" -> s.pop();
            default -> s.size();
        };
    }

    private static Subject value(ValueProxy<Integer> v) {
        return c -> switch (c.name()) {
            case "get" -> v.get();
            case "set" -> {
                v.set(c.number(0));
                yield null;
            }
            case "getAndSet" -> v.getAndSet(c.number(0));
            case "compareAndSet" -> v.compareAndSet(c.number(0), c.number(1));
            case "update" -> v.update(n -> n + c.number(0));
            default -> v.addAndGet(c.number(0));
        };
    }

    private static Subject counter(CounterProxy v) {
        return c -> switch (c.name()) {
            case "get" -> (int) v.get();
            case "set" -> {
                v.set(c.number(0));
                yield null;
            }
            case "getAndSet" -> (int) v.getAndSet(c.number(0));
            case "compareAndSet" -> v.compareAndSet(c.number(0), c.number(1));
            default -> (int) v.addAndGet(c.number(0));
        };
    }

    private static Subject array(ArrayProxy<Integer> a) {
        return c -> switch (c.name()) {
            case "get" -> a.get(c.number(0));
            case "set" -> {
                a.set(c.number(0), c.number(1));
                yield null;
            }
            case "compareAndSet" -> a.compareAndSet(c.number(0), c.number(1), c.number(2));
            case "addAndGet" -> a.addAndGet(c.number(0), c.number(1));
            default -> a.getAll();
        };
    }

    /** Calls with an odd number wait a millisecond. */
    private static Subject queue(QueueProxy<Integer> q) {
        return c -> switch (c.name()) {
            case "offer" -> c.number(0) % 2 == 1 ? q.offer(c.number(0), SHORT) : q.offer(c.number(0));
            case "offerSorted" -> q.offer(c.number(0));
            case "poll" -> c.client() % 2 == 1 ? q.poll(SHORT) : q.poll();
            case "peek" -> q.peek();
            case "shutdown" -> {
                q.shutdown(c.number(0) == 1);
                yield null;
            }
            case "isShutdown" -> q.isShutdown();
            default -> q.size();
        };
    }

    private static Subject joinable(JoinableQueueProxy<Integer> q) {
        return c -> switch (c.name()) {
            case "put" -> {
                q.put(c.number(0));
                yield null;
            }
            case "poll" -> q.poll();
            case "taskDone" -> {
                q.taskDone();
                yield null;
            }
            case "join" -> q.join(SHORT);
            case "shutdown" -> {
                q.shutdown(c.number(0) == 1);
                yield null;
            }
            default -> q.unfinished();
        };
    }

    private static Subject simple(SimpleQueueProxy<Integer> q) {
        return c -> switch (c.name()) {
            case "put" -> {
                q.put(c.number(0));
                yield null;
            }
            case "shutdown" -> {
                q.shutdown(c.number(0) == 1);
                yield null;
            }
            case "isShutdown" -> q.isShutdown();
            default -> q.isEmpty();
        };
    }

    private static Subject event(EventProxy e) {
        return c -> switch (c.name()) {
            case "set" -> {
                e.set();
                yield null;
            }
            case "clear" -> {
                e.clear();
                yield null;
            }
            case "await" -> e.await(SHORT);
            default -> e.isSet();
        };
    }

    private static Subject latch(CountDownLatchProxy l) {
        return c -> switch (c.name()) {
            case "countDown" -> (int) l.countDown(1);
            case "await" -> l.await(SHORT);
            default -> (int) l.getCount();
        };
    }

    private static Subject semaphore(SemaphoreProxy s) {
        return c -> switch (c.name()) {
            case "tryAcquire" -> c.client() % 2 == 1 ? s.tryAcquire(SHORT) : s.tryAcquire();
            case "release" -> {
                // releasing what others hold is a hand-over, which other tests look at
                if (s.getHeldPermits() > 0) {
                    s.release();
                    yield null;
                }
                yield NOT_CALLED;
            }
            case "held" -> s.getHeldPermits();
            default -> s.availablePermits();
        };
    }

    /** For a call that was not made after all: it is left out of the history. */
    static final Object NOT_CALLED = new Object();

    private static Subject barrier(BarrierProxy b) {
        return c -> switch (c.name()) {
            case "await" -> b.await(Duration.ZERO);
            case "reset" -> {
                b.reset();
                yield null;
            }
            case "abort" -> {
                b.abort();
                yield null;
            }
            default -> b.isBroken();
        };
    }

    private static Subject lock(LockProxy l, ConditionProxy condition) {
        return c -> switch (c.name()) {
            case "tryLock" -> c.client() % 2 == 1 ? l.tryLock(SHORT) : l.tryLock();
            case "unlock" -> {
                l.unlock();
                yield null;
            }
            case "notify" -> condition.notify(1);
            default -> l.isLocked();
        };
    }

    private static Subject readWriteLock(ReadWriteLockProxy l) {
        return c -> switch (c.name()) {
            case "tryRead" -> l.readLock().tryLock();
            case "tryWrite" -> l.writeLock().tryLock();
            case "unlockRead" -> {
                l.readLock().unlock();
                yield null;
            }
            case "unlockWrite" -> {
                l.writeLock().unlock();
                yield null;
            }
            default -> l.isWriteLocked();
        };
    }
}
