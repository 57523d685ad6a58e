package io.multiproc.peers;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Loops that show how cost grows with what there is: {@code get-among 1000} reads of a dict of a thousand entries. Where the
 * operation itself is to be seen, {@value #WINDOW} are in flight: alone, it would hide behind its round trip.
 */
final class Sizes {
    private static final int WINDOW = 256;
    private static final int BULK = 1_000;

    private final Client client;
    private final SplittableRandom random = new SplittableRandom(8);
    private int entries;
    private int elements = -1;

    Sizes(Client client) {
        this.client = client;
    }

    Workloads.Result run(String workload, int n, long nanos) throws Exception {
        return switch (workload) {
            case "grow" -> grow(n);
            case "get-among" -> Workloads.outstanding(WINDOW, nanos, i -> client.getLater(key(random.nextInt(n))));
            case "set-among" -> Workloads.outstanding(
                    WINDOW, nanos, i -> client.putLater(key(random.nextInt(n)), Workloads.VALUE));
            case "list-get" -> list(n, nanos, i -> client.elementLater(random.nextInt(n)));
            case "list-first" -> list(n, nanos, i -> client.insertAndRemoveLater(0));
            case "list-middle" -> list(n, nanos, i -> client.insertAndRemoveLater(n / 2));
            case "list-last" -> list(n, nanos, i -> client.insertAndRemoveLater(n));
            case "waiters" -> waiters(n, nanos);
            default -> throw new Client.Unsupported();
        };
    }

    private static String key(int i) {
        return "k" + (10_000_000 + i);
    }

    /** New entries per second, a thousand with each call, until there are so many. */
    private Workloads.Result grow(int n) throws Exception {
        int before = entries;
        long start = System.nanoTime();
        while (entries < n) {
            Map<String, String> some = new HashMap<>();
            while (some.size() < BULK && entries < n) {
                some.put(key(entries++), Workloads.VALUE);
            }
            client.putAll(some);
        }
        return new Workloads.Result((n - before) * 1e9 / (System.nanoTime() - start), 0, 0);
    }

    private Workloads.Result list(int n, long nanos, Workloads.Start step) throws Exception {
        if (elements != n) {
            client.fillList(n);
            elements = n;
        }
        return Workloads.outstanding(WINDOW, nanos, step);
    }

    /** Grants per second of a lock for which so many wait all the time: who has got it releases it and waits again. */
    private Workloads.Result waiters(int n, long nanos) throws Exception {
        Crowd crowd = new Crowd(n + 1, nanos);
        for (int holder = 0; holder <= n; holder++) {
            crowd.acquire(holder);
        }
        crowd.end.get();
        return new Workloads.Result(crowd.grants.get() * 1e9 / nanos, 0, 0);
    }

    /** Holders of one lock. The clock runs from when all of them wait. */
    private final class Crowd {
        private final int holders;
        private final long nanos;
        private final AtomicLong grants = new AtomicLong();
        private final AtomicInteger waiting = new AtomicInteger();
        private final AtomicInteger gone = new AtomicInteger();
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private volatile long start;

        Crowd(int holders, long nanos) {
            this.holders = holders;
            this.nanos = nanos;
        }

        private void acquire(int holder) {
            try {
                client.lockLater(holder).whenComplete((granted, error) -> granted(holder, error));
                if (start == 0 && waiting.incrementAndGet() == holders) {
                    start = System.nanoTime();
                    hold.complete(null);
                }
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        }

        /** The first one keeps the lock until the others wait. */
        private final CompletableFuture<Void> hold = new CompletableFuture<>();

        private void granted(int holder, Throwable error) {
            if (error != null) {
                end.completeExceptionally(error);
                return;
            }
            hold.whenComplete((nothing, none) -> release(holder));
        }

        private void release(int holder) {
            boolean over = System.nanoTime() - start >= nanos;
            try {
                client.unlockLater(holder).whenComplete((nothing, error) -> {
                    if (error != null) {
                        end.completeExceptionally(error);
                    } else if (over && gone.incrementAndGet() == holders) {
                        end.complete(null);
                    }
                });
                if (!over) {
                    grants.incrementAndGet();
                    acquire(holder);
                }
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        }
    }
}
