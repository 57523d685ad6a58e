package io.multiproc.client.process;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.Parcel;
import io.multiproc.client.internal.code.ProcessOptions;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.log.EventLog;
import io.multiproc.client.internal.value.ThrownText;
import io.multiproc.protocol.auth.HandshakeException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The main class of a child. Standard input brings two frames, each a 32-bit length and a value: the bootstrap message (who it is, how to
 * reach the manager, the classes it may read) and the task. Afterwards it stays open, for what {@link ChildControl} listens to: its end tells a daemon that
 * its parent is gone.
 */
public final class ChildMain {
    /** The first argument of a JVM that waits in reserve; classes to load follow. */
    static final String RESERVE = "reserve";
    /** The same with a training run that loads the classes only. */
    static final String LIGHT_RESERVE = "light-reserve";

    private static final int MAX_FRAME = 1 << 30;

    private static volatile @Nullable Manager manager;

    private ChildMain() {}

    /** The manager that came with the arguments, or null. */
    static @Nullable Manager manager() {
        return manager;
    }

    /**
     * For {@link ManagedProcess}.
     *
     * @param args nothing, or words for JVMs that wait in reserve
     * @throws IOException if standard input brings no task
     * @throws InterruptedException if this thread is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        // the parent has heard from SLF4J that there is no provider, if there is none
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        if (args.length > 0 && args[0].equals(ArchiveWriter.ARGUMENT)) {
            ArchiveWriter.run(List.of(args));
            return;
        }
        boolean archives = args.length > 0 && args[0].equals(ArchiveWriter.TRAINING);
        List<String> failures = List.of();
        boolean light = args.length > 0 && args[0].equals(LIGHT_RESERVE);
        if (archives || light || args.length > 0 && args[0].equals(RESERVE)) {
            List<String> homes = Arrays.asList(args).subList(1, args.length);
            failures = TrainingRun.run(homes, loader(), light ? 1 : TrainingRun.TIMES);
            if (archives) {
                return;
            }
        }
        // a channel, which can be closed while a thread reads
        DataInputStream in =
                new DataInputStream(Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel()));
        // the program must not read its parent's pipe
        System.setIn(InputStream.nullInputStream());
        Map<?, ?> bootstrap;
        byte[] task;
        try {
            bootstrap = (Map<?, ?>) ChildBootstrap.CODEC.read(frame(in));
            task = frame(in);
        } catch (EOFException e) {
            // a JVM of the reserve whose parent ended
            return;
        }
        if (bootstrap == null) {
            throw new IOException("no bootstrap message");
        }
        for (Map.Entry<?, ?> e : ((Map<?, ?>) value(bootstrap, "properties")).entrySet()) {
            System.setProperty((String) e.getKey(), (String) e.getValue());
        }
        boolean daemon = (Boolean) value(bootstrap, "daemon");
        ProcessInfo.become(
                new ProcessInfo(
                        (String) value(bootstrap, "name"),
                        ProcessHandle.current().pid(),
                        daemon),
                new ProcessInfo((String) value(bootstrap, "parent"), (Long) value(bootstrap, "parent pid"), false));
        ChildControl control = ChildControl.start(in, daemon, Math.toIntExact((Long) value(bootstrap, "port")));
        String input = (String) bootstrap.get("input");
        if (input != null) {
            System.setIn(new BufferedInputStream(new FileInputStream(input)));
        }
        String level = (String) bootstrap.get("log");
        if (level != null) {
            ProcessLog.become(level);
        }
        for (String failure : failures) {
            if (light) {
                // a program that has asked for no reserve is not to hear of it
                EventLog.debug(failure);
            } else {
                ProcessLog.getLogger().warning(failure);
            }
        }
        Thread.currentThread().setName(ProcessInfo.current().name());
        System.exit(run(bootstrap, task, control));
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_FRAME) {
            throw new IOException("this program is started by ManagedProcess only");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private static Object value(Map<?, ?> bootstrap, String key) {
        Object v = bootstrap.get(key);
        if (v == null) {
            throw new IllegalStateException("the parent's bootstrap message has no " + key);
        }
        return v;
    }

    private static int run(Map<?, ?> bootstrap, byte[] task, ChildControl control) {
        int code = 0;
        try {
            ManagerOptions options = options(bootstrap);
            ValueCodec codec = ChildBootstrap.codec(options);
            ProcessOptions.set(codec);
            Tuple work = task(bootstrap, options, codec, task);
            EventLog.info("child process calling self.run()");
            control.begin();
            ProcessTask.run(work, loader());
        } catch (Throwable e) {
            // whatever it is, the program of this process has failed
            String text = ThrownText.trace(e);
            System.err.println("Process " + ProcessInfo.current().name() + ":\n" + text);
            System.err.flush();
            FailureReports.send(
                    Math.toIntExact((Long) value(bootstrap, "port")), (String) value(bootstrap, "token"), text);
            code = 1;
        }
        control.end();
        EventLog.info("process exiting with exitcode " + code);
        EventLog.info("process shutting down");
        Children.joinAll();
        Manager m = manager;
        if (m != null) {
            m.close();
        }
        System.out.flush();
        EventLog.debug("running the shutdown hooks");
        return code;
    }

    private static ClassLoader loader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : ClassLoader.getSystemClassLoader();
    }

    static ManagerOptions options(Map<?, ?> bootstrap) throws ClassNotFoundException {
        ManagerOptions o = ManagerOptions.defaults().withSharedReferences((Boolean) value(bootstrap, "references"));
        for (Map.Entry<?, ?> e : ((Map<?, ?>) value(bootstrap, "classes")).entrySet()) {
            o = o.register(
                    Math.toIntExact((Long) e.getKey()), Class.forName(String.valueOf(e.getValue()), false, loader()));
        }
        for (Object name : (List<?>) value(bootstrap, "named")) {
            o = o.allowClass(Class.forName(String.valueOf(name), false, loader()));
        }
        for (Object p : (List<?>) value(bootstrap, "packages")) {
            o = o.allowPackage(String.valueOf(p));
        }
        return o;
    }

    /** Of the parent's own: the variables may say something else. */
    private static ManagerOptions tls(ManagerOptions options, List<?> files) {
        if (!(files.get(0) instanceof String ca)) {
            return options.withTlsByAuthkey();
        }
        ManagerOptions o = ca.equals("system") ? options.withTlsSystemCa() : options.withTlsCa(Path.of(ca));
        return files.get(1) instanceof String certificate && files.get(2) instanceof String key
                ? o.withTlsCertificate(Path.of(certificate), Path.of(key))
                : o;
    }

    static Tuple task(Map<?, ?> bootstrap, ManagerOptions options, ValueCodec codec, byte[] bytes)
            throws HandshakeException {
        Object read;
        if (bootstrap.get("address") instanceof String address) {
            TrainingRun.handshake();
            Manager m = Manager.connect(tls(options.withAddress(address), (List<?>) value(bootstrap, "tls"))
                    .withAuthkey((byte[]) value(bootstrap, "key"))
                    .withName(ProcessInfo.current().name() + " "
                            + ProcessHandle.current().pid()));
            manager = m;
            String parcel = (String) bootstrap.get("parcel");
            if (parcel == null) {
                read = codec.read(bytes);
            } else {
                Object packed = m.list(parcel).at(0);
                m.delete(parcel);
                read = packed instanceof Tuple t ? Parcel.unpack(codec, t) : null;
            }
        } else {
            read = codec.read(bytes);
        }
        if (read instanceof Tuple task && task.size() == 3) {
            return task;
        }
        throw SerializationException.reading("the parent's task is none", null);
    }
}
