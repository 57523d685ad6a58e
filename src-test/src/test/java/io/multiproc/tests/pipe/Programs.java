package io.multiproc.tests.pipe;

import io.multiproc.client.QueueProxy;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.process.ManagedProcess;
import java.io.EOFException;
import java.util.ArrayList;
import java.util.List;

/** What the children of the tests do. */
final class Programs {
    private Programs() {}

    /** An object of a class of ours. */
    record Point(int x, String name) {}

    /** An end inside an object. */
    record Holder(Connection end) {}

    static void sender(Connection c) throws Exception {
        c.send("Hello from sender");
        c.send(List.of(1, 2, 3));
        Object answer = c.recv();
        c.send("sender got " + answer);
        c.close();
    }

    static void receiver(Connection c, Connection report) throws Exception {
        report.send(c.recv());
        report.send(c.recv());
        c.send("Thanks!");
        report.send(c.recv());
        try {
            c.recv();
        } catch (EOFException e) {
            report.send("end");
        }
    }

    static void sendsOne(Connection c) throws Exception {
        c.send("1234");
        c.close();
    }

    static void echo(Connection c) throws Exception {
        try {
            while (true) {
                c.send(c.recv());
            }
        } catch (EOFException e) {
            // the other end is closed
        }
    }

    static void echoPoint(Connection c) throws Exception {
        Point p = (Point) c.recv();
        c.send(new Point(p.x() + 1, p.name()));
    }

    static void passesOn(Connection c) throws Exception {
        c.send("passing on");
        ManagedProcess p = new ManagedProcess(Programs::echo, c);
        p.start();
        p.join();
    }

    static void takesFromQueue(QueueProxy<Object> queue) throws Exception {
        Connection c = (Connection) queue.take();
        c.send("from the queue");
    }

    static void ignores(Connection c) {}

    static void waits(Connection c) throws Exception {
        c.send("waits");
        Thread.sleep(Long.MAX_VALUE);
    }

    static void sendsMany(Connection c, int messages, int bytes) throws Exception {
        byte[] b = new byte[bytes];
        for (int i = 0; i < messages; i++) {
            b[0] = (byte) i;
            b[bytes - 1] = (byte) i;
            c.sendBytes(b);
        }
    }

    static void producer(QueueProxy<Object> q) throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            q.put(i);
        }
        q.put("stop");
    }

    static void consumer(QueueProxy<Object> q, Connection report) throws Exception {
        List<Object> all = new ArrayList<>();
        for (Object item = q.take(); !item.equals("stop"); item = q.take()) {
            all.add(item);
        }
        report.send(all);
    }
}
