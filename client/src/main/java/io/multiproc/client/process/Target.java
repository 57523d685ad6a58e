package io.multiproc.client.process;

import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * Code that a process runs: methods and lambdas without a result, of up to eight arguments, or of any number ({@link OfAny}). Void and other methods fit. For arguments by name,
 * take a {@code Map} or a record.
 */
public final class Target {
    private Target() {}

    /** Code of 0 arguments. */
    @FunctionalInterface
    public interface Of0 extends Code {
        /**
         * Runs the code.
         *
         * @throws Exception whatever the code throws; the process then fails
         */
        void run() throws Exception;

        @Override
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run();
            return null;
        }
    }

    /** Code of 0 arguments that throws no checked exception: a {@link Runnable} that can travel. */
    @FunctionalInterface
    public interface Action extends Code, Runnable {
        @Override
        void run();

        @Override
        default @Nullable Object invoke(@Nullable Object... x) {
            run();
            return null;
        }
    }

    /** Code of 1 argument. */
    @FunctionalInterface
    public interface Of1<A extends @Nullable Object> extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(A a) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param a the first argument
         * @return the process, not started
         */
        default ManagedProcess args(A a) {
            return new ManagedProcess(this, Collections.singletonList(a));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0]);
            return null;
        }
    }

    /** Code of 2 arguments. */
    @FunctionalInterface
    public interface Of2<A extends @Nullable Object, B extends @Nullable Object> extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(A a, B b) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param a the first argument
         * @param b the second argument
         * @return the process, not started
         */
        default ManagedProcess args(A a, B b) {
            return new ManagedProcess(this, Arrays.asList(a, b));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0], (B) x[1]);
            return null;
        }
    }

    /** Code of 3 arguments. */
    @FunctionalInterface
    public interface Of3<A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(A a, B b, C c) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @return the process, not started
         */
        default ManagedProcess args(A a, B b, C c) {
            return new ManagedProcess(this, Arrays.asList(a, b, c));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0], (B) x[1], (C) x[2]);
            return null;
        }
    }

    /** Code of 4 arguments. */
    @FunctionalInterface
    public interface Of4<
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(A a, B b, C c, D d) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @return the process, not started
         */
        default ManagedProcess args(A a, B b, C c, D d) {
            return new ManagedProcess(this, Arrays.asList(a, b, c, d));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0], (B) x[1], (C) x[2], (D) x[3]);
            return null;
        }
    }

    /** Code of 5 arguments. */
    @FunctionalInterface
    public interface Of5<
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @param e the fifth argument
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(A a, B b, C c, D d, E e) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @param e the fifth argument
         * @return the process, not started
         */
        default ManagedProcess args(A a, B b, C c, D d, E e) {
            return new ManagedProcess(this, Arrays.asList(a, b, c, d, e));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0], (B) x[1], (C) x[2], (D) x[3], (E) x[4]);
            return null;
        }
    }

    /** Code of 6 arguments. */
    @FunctionalInterface
    public interface Of6<
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @param e the fifth argument
         * @param f the sixth argument
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(A a, B b, C c, D d, E e, F f) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @param e the fifth argument
         * @param f the sixth argument
         * @return the process, not started
         */
        default ManagedProcess args(A a, B b, C c, D d, E e, F f) {
            return new ManagedProcess(this, Arrays.asList(a, b, c, d, e, f));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0], (B) x[1], (C) x[2], (D) x[3], (E) x[4], (F) x[5]);
            return null;
        }
    }

    /** Code of 7 arguments. */
    @FunctionalInterface
    public interface Of7<
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object,
                    G extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @param e the fifth argument
         * @param f the sixth argument
         * @param g the seventh argument
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(A a, B b, C c, D d, E e, F f, G g) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @param e the fifth argument
         * @param f the sixth argument
         * @param g the seventh argument
         * @return the process, not started
         */
        default ManagedProcess args(A a, B b, C c, D d, E e, F f, G g) {
            return new ManagedProcess(this, Arrays.asList(a, b, c, d, e, f, g));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0], (B) x[1], (C) x[2], (D) x[3], (E) x[4], (F) x[5], (G) x[6]);
            return null;
        }
    }

    /** Code of 8 arguments. */
    @FunctionalInterface
    public interface Of8<
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object,
                    G extends @Nullable Object,
                    H extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @param e the fifth argument
         * @param f the sixth argument
         * @param g the seventh argument
         * @param h the eighth argument
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(A a, B b, C c, D d, E e, F f, G g, H h) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @param e the fifth argument
         * @param f the sixth argument
         * @param g the seventh argument
         * @param h the eighth argument
         * @return the process, not started
         */
        default ManagedProcess args(A a, B b, C c, D d, E e, F f, G g, H h) {
            return new ManagedProcess(this, Arrays.asList(a, b, c, d, e, f, g, h));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0], (B) x[1], (C) x[2], (D) x[3], (E) x[4], (F) x[5], (G) x[6], (H) x[7]);
            return null;
        }
    }

    /** Code of any number of arguments. */
    @FunctionalInterface
    public interface OfAny extends Code {
        /**
         * Runs the code.
         *
         * @param arguments the arguments
         * @throws Exception whatever the code throws; the process then fails
         */
        void run(@Nullable Object... arguments) throws Exception;

        /**
         * A process that will run this code.
         *
         * @param arguments the arguments
         * @return the process, not started
         */
        default ManagedProcess args(@Nullable Object... arguments) {
            return new ManagedProcess(this, Arrays.asList(arguments));
        }

        @Override
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run(x);
            return null;
        }
    }
}
