package io.multiproc.client.process;

import org.jspecify.annotations.Nullable;

/** What {@link ManagedProcess} begins with: code, told by the number of its arguments. */
abstract class ProcessTargets {
    ProcessTargets() {}

    /**
     * A process that reads as Python's: {@code ManagedProcess.of(Jobs::clean).named("cleaner").daemon(true)}. Code with arguments takes them by {@code args} first.
     *
     * @param target the code that the process will run
     * @return the process, not started
     */
    public static ManagedProcess of(Target.Of0 target) {
        return new ManagedProcess(target);
    }

    /**
     * Begins a process that reads as Python's: {@code ManagedProcess.of(Jobs::transfer).args(account, 100).named("payday").daemon(true)}.
     *
     * @param <A> the type of the first argument
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static <A extends @Nullable Object> Target.Of1<A> of(Target.Of1<A> target) {
        return target;
    }

    /**
     * As {@link #of(Target.Of1)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static <A extends @Nullable Object, B extends @Nullable Object> Target.Of2<A, B> of(
            Target.Of2<A, B> target) {
        return target;
    }

    /**
     * As {@link #of(Target.Of1)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            Target.Of3<A, B, C> of(Target.Of3<A, B, C> target) {
        return target;
    }

    /**
     * As {@link #of(Target.Of1)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            Target.Of4<A, B, C, D> of(Target.Of4<A, B, C, D> target) {
        return target;
    }

    /**
     * As {@link #of(Target.Of1)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <E> the type of the fifth argument
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object>
            Target.Of5<A, B, C, D, E> of(Target.Of5<A, B, C, D, E> target) {
        return target;
    }

    /**
     * As {@link #of(Target.Of1)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <E> the type of the fifth argument
     * @param <F> the type of the sixth argument
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object>
            Target.Of6<A, B, C, D, E, F> of(Target.Of6<A, B, C, D, E, F> target) {
        return target;
    }

    /**
     * As {@link #of(Target.Of1)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <E> the type of the fifth argument
     * @param <F> the type of the sixth argument
     * @param <G> the type of the seventh argument
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object,
                    G extends @Nullable Object>
            Target.Of7<A, B, C, D, E, F, G> of(Target.Of7<A, B, C, D, E, F, G> target) {
        return target;
    }

    /**
     * As {@link #of(Target.Of1)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <E> the type of the fifth argument
     * @param <F> the type of the sixth argument
     * @param <G> the type of the seventh argument
     * @param <H> the type of the eighth argument
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    F extends @Nullable Object,
                    G extends @Nullable Object,
                    H extends @Nullable Object>
            Target.Of8<A, B, C, D, E, F, G, H> of(Target.Of8<A, B, C, D, E, F, G, H> target) {
        return target;
    }

    /**
     * As {@link #of(Target.Of1)}, for code of any number of arguments.
     *
     * @param target the code that the process will run
     * @return the same, whose {@code args} takes its arguments and makes the process
     */
    public static Target.OfAny ofAny(Target.OfAny target) {
        return target;
    }
}
