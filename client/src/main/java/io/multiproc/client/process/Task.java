package io.multiproc.client.process;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Code that a pool or executor runs: functions of up to four arguments. The result travels back. */
public final class Task {
    private Task() {}

    /** A function of 0 arguments. */
    @FunctionalInterface
    public interface Of0<R extends @Nullable Object> extends Code, Callable<R> {
        @Override
        R call() throws Exception;

        @Override
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            return call();
        }
    }

    /** A function of 1 argument. */
    @FunctionalInterface
    public interface Of1<A extends @Nullable Object, R extends @Nullable Object> extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @return the result, which travels back
         * @throws Exception whatever the code throws, which travels back
         */
        R call(A a) throws Exception;

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            return call((A) x[0]);
        }
    }

    /** A function of 2 arguments. */
    @FunctionalInterface
    public interface Of2<A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @return the result, which travels back
         * @throws Exception whatever the code throws, which travels back
         */
        R call(A a, B b) throws Exception;

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            return call((A) x[0], (B) x[1]);
        }
    }

    /** A function of 3 arguments. */
    @FunctionalInterface
    public interface Of3<
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @return the result, which travels back
         * @throws Exception whatever the code throws, which travels back
         */
        R call(A a, B b, C c) throws Exception;

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            return call((A) x[0], (B) x[1], (C) x[2]);
        }
    }

    /** A function of 4 arguments. */
    @FunctionalInterface
    public interface Of4<
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            extends Code {
        /**
         * Runs the code.
         *
         * @param a the first argument
         * @param b the second argument
         * @param c the third argument
         * @param d the fourth argument
         * @return the result, which travels back
         * @throws Exception whatever the code throws, which travels back
         */
        R call(A a, B b, C c, D d) throws Exception;

        @Override
        @SuppressWarnings({"unchecked", "NullAway"
        }) // what was given with the code by a caller whom the compiler checked
        default @Nullable Object invoke(@Nullable Object... x) throws Exception {
            return call((A) x[0], (B) x[1], (C) x[2], (D) x[3]);
        }
    }
}
