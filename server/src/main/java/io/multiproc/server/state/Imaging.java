package io.multiproc.server.state;

import org.jspecify.annotations.Nullable;

/** Sees to it that an object is in the {@link StateImage} that is being taken, if any, before it changes. */
final class Imaging {
    private @Nullable StateImage current;
    private int number;

    boolean isActive() {
        return current != null;
    }

    /** The number of the image that begins: which objects are in it is told by {@link ObjectState#imaged}. */
    int begin(StateImage image) {
        current = image;
        return ++number;
    }

    /** To be called before anything of an object changes that a snapshot holds. */
    void before(ObjectState object) {
        StateImage image = current;
        if (image != null && object.imaged != number) {
            image.takeEarly(object);
        }
    }

    /** An image is whole, or is given up. */
    void end(StateImage image) {
        if (current == image) {
            current = null;
        }
    }

    /** The state is replaced. */
    void giveUp() {
        StateImage image = current;
        if (image != null) {
            image.giveUp(new IllegalStateException("the state was replaced"));
        }
    }
}
