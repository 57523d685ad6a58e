package io.multiproc.client.process;

import org.jspecify.annotations.Nullable;

/** Code that a process runs: methods and lambdas without a result, of up to four arguments. Void and other methods fit. */
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

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            run((A) x[0], (B) x[1], (C) x[2], (D) x[3]);
            return null;
        }
    }
}
