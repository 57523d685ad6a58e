package io.multiproc.server.engine;

/** What was asked for needs an answer of the common log, and this node has ceased to lead: whether it takes effect is not known here. Its connections are being cut. */
public final class NotLeadingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NotLeadingException() {
        super("this node does not lead any more", null, false, false);
    }
}
