package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.BaseManager;
import io.multiproc.client.DictProxy;
import io.multiproc.client.InstanceProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.Registration;
import io.multiproc.client.RemoteCallException;
import io.multiproc.client.WrongTypeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("jdk")
class ServiceContractIT extends Contract {
    /** What users call. */
    public interface Bank {
        long deposit(long amount);

        long balance();

        int sum(int... numbers);

        List<String> names();

        CompletableFuture<Long> later(long amount);

        void fail(String how);

        default long twice(long amount) {
            deposit(amount);
            return deposit(amount);
        }

        Object odd();

        void into(DictProxy<Object, Object> dict);

        Bank branch(long balance);
    }

    /** The class that is registered. */
    public static final class Account implements Bank, AutoCloseable {
        static final AtomicInteger CLOSED = new AtomicInteger();
        static final CountDownLatch NEVER = new CountDownLatch(1);
        private long balance;

        public Account() {}

        public Account(long balance) {
            if (balance < 0) {
                throw new IllegalArgumentException("a balance is not negative");
            }
            this.balance = balance;
        }

        @Override
        public long deposit(long amount) {
            balance += amount;
            return balance;
        }

        @Override
        public long balance() {
            return balance;
        }

        @Override
        public int sum(int... numbers) {
            int sum = 0;
            for (int n : numbers) {
                sum += n;
            }
            return sum;
        }

        @Override
        public List<String> names() {
            return List.of("ada", "bob");
        }

        @Override
        public CompletableFuture<Long> later(long amount) {
            return CompletableFuture.supplyAsync(() -> deposit(amount));
        }

        @Override
        public void fail(String how) {
            switch (how) {
                case "state" -> throw new IllegalStateException("closed on Sundays");
                case "own" -> throw new OwnException("my own");
                case "error" -> throw new StackOverflowError("deep");
                default -> {
                    try {
                        NEVER.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            }
        }

        @Override
        public Object odd() {
            return new Object();
        }

        @Override
        public void into(DictProxy<Object, Object> dict) {
            dict.put("balance", balance);
        }

        @Override
        public Bank branch(long start) {
            return new Account(start);
        }

        public String secret() {
            return "not of the interface";
        }

        @Override
        public void close() {
            CLOSED.incrementAndGet();
        }
    }

    static final class OwnException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OwnException(String message) {
            super(message);
        }
    }

    private String registered() {
        String name = uniqueName();
        manager.register(name, Bank.class, Account.class);
        return name;
    }

    @Test
    void methodsAreCalledAcrossProcesses() throws Exception {
        String name = registered();
        Bank bank = other.create(name, Bank.class, 10);
        assertEquals(15, bank.deposit(5));
        assertEquals(25, bank.twice(5));
        assertEquals(6, bank.sum(1, 2, 3));
        assertEquals(0, bank.sum());
        assertEquals(List.of("ada", "bob"), bank.names());
        assertEquals(26L, bank.later(1).get(30, TimeUnit.SECONDS));
        DictProxy<Object, Object> dict = other.dict(uniqueName());
        bank.into(dict);
        assertEquals(26L, dict.get("balance"), "a proxy is live at the other end");
        assertEquals(0, other.create(name, Bank.class).balance(), "every instance is one of its own");
        assertTrue(other.service(name).methods().contains("deposit"));
        assertFalse(other.service(name).methods().contains("secret"));
        assertTrue(bank.hashCode() != 0 && bank.toString().startsWith("instance #"));
        Bank one = other.createNamed(name + " one", name, Bank.class, 7);
        assertEquals(7, one.balance());
        assertEquals(7, manager.createNamed(name + " one", name, Bank.class, 99).balance());
        InstanceProxy untyped = other.createInstance(name, 3);
        assertEquals(4L, untyped.call("deposit", 1));
        assertEquals(4L, get(untyped.callAsync("balance")));
        assertNotEquals(untyped, bank);
        assertEquals(other.service(name), untyped.service());
    }

    @Test
    void whatAMethodThrowsArrives() {
        Bank bank = other.create(registered(), Bank.class);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> bank.fail("state"));
        assertEquals("closed on Sundays", e.getMessage());
        RemoteCallException cause = assertInstanceOf(RemoteCallException.class, e.getCause());
        assertEquals("java.lang.IllegalStateException", cause.remoteType());
        assertTrue(cause.remoteStackTrace().contains("Account.fail"), cause.remoteStackTrace());
        RemoteCallException own = assertThrows(RemoteCallException.class, () -> bank.fail("own"));
        assertEquals(OwnException.class.getName(), own.remoteType());
        assertThrows(RemoteCallException.class, () -> bank.fail("error"));
        RemoteCallException odd = assertThrows(RemoteCallException.class, bank::odd);
        assertTrue(odd.getMessage().contains("Object"), odd::getMessage);
        assertEquals(0, bank.balance(), "the instance is as before");
    }

    @Test
    void badCallsAreRefused() throws Exception {
        String name = registered();
        assertThrows(IllegalArgumentException.class, () -> other.create(name, Bank.class, -1));
        assertThrows(IllegalArgumentException.class, () -> other.create(name, Bank.class, "much"));
        InstanceProxy bank = other.createInstance(name);
        assertMentions("not exposed", () -> bank.call("secret"), RemoteCallException.class);
        assertMentions("not exposed", () -> bank.call("none"), RemoteCallException.class);
        assertThrows(IllegalArgumentException.class, () -> bank.call("deposit", "much"));
        assertThrows(IllegalArgumentException.class, () -> bank.call("deposit"));
        assertThrows(IllegalStateException.class, () -> other.register(name, Bank.class, Account.class));
        assertThrows(IllegalStateException.class, () -> manager.register(name, Bank.class, Account.class));
        assertThrows(IllegalArgumentException.class, () -> manager.register(uniqueName(), Bank.class, String.class));
        assertThrows(IllegalArgumentException.class, () -> manager.register(uniqueName(), Bank.class, Bank.class));
        String taken = uniqueName();
        manager.dict(taken);
        assertThrows(WrongTypeException.class, () -> manager.register(taken, Account.class));
        assertThrows(IllegalStateException.class, () -> other.createInstance(uniqueName()), "nobody serves it");
        // one that never returns delays neither others nor, with a time, its caller
        InstanceProxy stuck = other.createInstance(name);
        assertThrows(CancellationException.class, () -> stuck.call(Duration.ofMillis(50), "fail", "never"));
        assertEquals(0L, bank.call("balance"));
    }

    @Test
    void theEndOfTheHostIsTold() throws Exception {
        Manager host = Manager.connect(options(transport.options()));
        String name = uniqueName();
        host.register(name, Bank.class, Account.class);
        InstanceProxy stuck = other.createInstance(name);
        CompletableFuture<Object> call = stuck.callAsync("fail", "never");
        await("the call waits or runs", () -> waiters(name) >= 2);
        host.close();
        failure(IllegalStateException.class, call);
        assertThrows(IllegalStateException.class, () -> stuck.call("balance"));
        manager.register(name, Bank.class, Account.class);
        assertMentions("new one", () -> stuck.call("balance"), IllegalStateException.class);
        assertEquals(0L, other.createInstance(name).call("balance"));
    }

    @Test
    void resultsBecomeSharedObjects() {
        String name = uniqueName();
        manager.register(
                name,
                Registration.of(Bank.class, Account.class)
                        .withResult("names", "list")
                        .withResult("branch", name)
                        .withConcurrentCalls());
        InstanceProxy bank = other.createInstance(name);
        ListProxy<?> names = assertInstanceOf(ListProxy.class, bank.call("names"));
        assertEquals(List.of("ada", "bob"), names.snapshot());
        InstanceProxy branch = assertInstanceOf(InstanceProxy.class, bank.call("branch", 5));
        assertEquals(5L, branch.call("balance"));
        String few = uniqueName();
        manager.register(few, Registration.of(Bank.class, Account.class).withMethods("balance"));
        assertEquals(List.of("balance"), other.service(few).methods());
    }

    @Test
    void oneObjectForAll() {
        String name = uniqueName();
        manager.register(name, Registration.shared(Bank.class, Account::new));
        other.create(name, Bank.class).deposit(3);
        assertEquals(3, manager.create(name, Bank.class).balance());
    }

    @Test
    void anInstanceThatNobodyHoldsIsClosed() {
        String name = registered();
        int before = Account.CLOSED.get();
        InstanceProxy bank = other.createInstance(name);
        bank.call("balance");
        bank.close();
        await("it is closed", () -> Account.CLOSED.get() > before);
    }

    @Test
    void aServerThatRegisters() throws Exception {
        byte[] key = "a key of this test, long enough".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        BaseManager base = new BaseManager("tcp://127.0.0.1:0", key).register("Bank", Bank.class, Account.class);
        assertThrows(IllegalStateException.class, () -> base.register("Bank", Account.class));
        try (var server = base.getServer();
                Manager client = new BaseManager(server.uris().get(0), key).connect()) {
            assertEquals(9, client.create("Bank", Bank.class, 4).deposit(5));
        }
    }
}
