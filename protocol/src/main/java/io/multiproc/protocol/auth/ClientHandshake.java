package io.multiproc.protocol.auth;

import io.multiproc.protocol.error.ErrorCode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the mutual challenge, as a native client of this server, or as CPython has it from 3.8. Payloads go in and
 * out; the caller frames them and sends each returned list in one write. After a {@link HandshakeException} the
 * handshake is over. Not thread-safe.
 *
 * <p>The answers of a native client are labelled ({@link AuthPolicy#NATIVE}): whoever passes a server's challenge on to it gets nothing that opens a
 * connection in CPython's dialect. Answers by CPython's rules have no label, as CPython could not read one.
 *
 * <pre>
 *   receive(#CHALLENGE# M_s)    -> answer to M_s, #CHALLENGE# M_c      one flight
 *   receive(#WELCOME#)          -> nothing
 *   receive(answer to M_c)      -> #WELCOME#; done                     one flight with hello(...)
 *   receiveAck(HelloAck)
 * </pre>
 *
 * <p>Or, one flight less, where the Hello holds nothing secret: what the server is going to say follows from M_c, so all can be said at once.
 *
 * <pre>
 *   receive(#CHALLENGE# M_s)    -> answer to M_s, #CHALLENGE# M_c      one flight with greetAhead(...)
 *   receive(#WELCOME#)          -> nothing
 *   receive(answer to M_c)      -> nothing; done
 *   receiveAck(HelloAck)
 * </pre>
 */
public final class ClientHandshake {
    private enum State {
        CHALLENGE,
        WELCOME,
        ANSWER,
        DONE,
        GREETED,
        FAILED
    }

    private final Authkey key;
    private final AuthPolicy policy;
    private final byte[] challenge;
    private byte[] serverM = new byte[0];
    private final Transcript transcript = new Transcript();
    private State state = State.CHALLENGE;
    private byte @Nullable [] hello;
    private boolean ahead;

    /** As the native dialect wants it: labelled answers both ways, secure random. */
    public ClientHandshake(Authkey key) {
        this(key, AuthPolicy.NATIVE, NonceSource.secure(), Digest.SHA256);
    }

    public ClientHandshake(Authkey key, AuthPolicy policy, NonceSource nonces, Digest challengeWith) {
        this.key = key;
        this.policy = policy;
        this.challenge = Challenges.challenge(challengeWith, nonces);
    }

    /** What the client says first: nothing, the server opens. */
    public List<byte[]> start() {
        return List.of();
    }

    /**
     * Binds the proofs of the Hello and of its answer to an encrypted connection: they are good for no other one. Both sides do, before the first payload is
     * received, or neither does.
     *
     * @param binding what only the two ends of that connection know
     */
    public void bind(byte[] binding) {
        transcript.bind(binding);
    }

    /**
     * Takes the server's next payload.
     *
     * @return the payloads to send in one write, in order; may be none
     * @throws HandshakeException if the server is not to be trusted or does not trust this client
     */
    public List<byte[]> receive(byte[] payload) throws HandshakeException {
        State now = state;
        state = State.FAILED;
        Challenges.checkLength(payload);
        switch (now) {
            case CHALLENGE -> {
                byte[] m = Challenges.readChallenge(payload);
                if (Arrays.equals(m, challenge)) {
                    throw new HandshakeException(ErrorCode.AUTH_FAILED, "the peer reflects this side's challenge");
                }
                byte[] answer = policy.python() ? Challenges.answer(key, policy, m) : answerNatively(m);
                serverM = m;
                transcript.record(Transcript.SERVER_CHALLENGE, payload);
                transcript.record(Transcript.CLIENT_ANSWER, answer);
                byte[] own = Bytes.concat(Challenges.CHALLENGE, challenge);
                transcript.record(Transcript.CLIENT_CHALLENGE, own);
                state = State.WELCOME;
                return List.of(answer, own);
            }
            case WELCOME -> {
                if (Challenges.isFailure(payload)) {
                    throw Challenges.rejected();
                }
                if (!Challenges.isWelcome(payload)) {
                    throw new HandshakeException(ErrorCode.BAD_VALUE, "the peer's frame is not #WELCOME#");
                }
                transcript.record(Transcript.SERVER_WELCOME, payload);
                state = State.ANSWER;
                return List.of();
            }
            case ANSWER -> {
                if (policy.python()) {
                    Challenges.Checked unused = Challenges.check(List.of(key), policy, challenge, payload);
                } else {
                    Authkey unused = Challenges.checkNative(
                            List.of(key), k -> Proofs.serverAnswer(k, serverM, challenge), payload);
                }
                transcript.record(Transcript.SERVER_ANSWER, payload);
                transcript.record(Transcript.CLIENT_WELCOME, Challenges.WELCOME);
                state = ahead ? State.GREETED : State.DONE;
                return ahead ? List.of() : List.of(Challenges.WELCOME);
            }
            default -> throw new IllegalStateException("no handshake frame is due");
        }
    }

    private byte[] answerNatively(byte[] m) throws HandshakeException {
        Challenges.checkAsked(policy, m);
        return Proofs.clientAnswer(key, m);
    }

    /** Whether both sides have proved that they know the key. */
    public boolean isDone() {
        return state == State.DONE || state == State.GREETED;
    }

    /** The payload that opens the native dialect; send it in one write with the last {@code #WELCOME#}. */
    public byte[] hello(Hello fields) {
        if (state != State.DONE) {
            throw new IllegalStateException("the handshake is not complete");
        }
        checkNative();
        state = State.GREETED;
        return hello(fields, transcript);
    }

    /**
     * The payloads to send right after the answer and the challenge, before the server has proved anything. The proof in the Hello holds for
     * the frames that a server with the key answers with; this side's own check of them is still to come, in {@link #receive}.
     *
     * @throws IllegalArgumentException if the Hello resumes a session: its secret is for a server that has proved the key
     */
    public List<byte[]> greetAhead(Hello fields) {
        if (state != State.WELCOME || ahead) {
            throw new IllegalStateException("the server's challenge has to be answered first");
        }
        if (fields.session() != 0) {
            throw new IllegalArgumentException("a Hello that resumes a session waits for the server's proof");
        }
        checkNative();
        ahead = true;
        Transcript expected = transcript.copy();
        expected.record(Transcript.SERVER_WELCOME, Challenges.WELCOME);
        expected.record(Transcript.SERVER_ANSWER, Proofs.serverAnswer(key, serverM, challenge));
        expected.record(Transcript.CLIENT_WELCOME, Challenges.WELCOME);
        return List.of(Challenges.WELCOME, hello(fields, expected));
    }

    private void checkNative() {
        if (policy.python()) {
            throw new IllegalStateException("a client that answers as CPython does opens no native session");
        }
    }

    private byte[] hello(Hello fields, Transcript frames) {
        byte[] body = fields.body();
        byte[] sent = Bytes.concat(body, Proofs.client(key, frames.hash(), body));
        hello = sent;
        return sent.clone();
    }

    /**
     * Checks and reads the server's answer to the Hello.
     *
     * @throws HandshakeException with the server's code and text if it refuses; AUTH_FAILED if its proof is wrong;
     *     UNSUPPORTED_VERSION if it chose a version that this client does not speak
     */
    public HelloAck receiveAck(byte[] payload) throws HandshakeException {
        byte[] sent = hello;
        if (state != State.GREETED || sent == null) {
            throw new IllegalStateException("no HelloAck is due");
        }
        state = State.FAILED;
        if (HelloFrame.isOfType(payload, HelloFrame.REFUSED)) {
            throw new HandshakeException(HelloRefused.decode(payload));
        }
        HelloAck ack = HelloAck.decode(payload);
        byte[] proof = Proofs.server(key, transcript.hash(), sent, HelloFrame.withoutProof(payload));
        if (!Authkey.constantTimeEquals(proof, HelloFrame.proof(payload))) {
            throw new HandshakeException(ErrorCode.AUTH_FAILED, "the proof of the server's HelloAck is wrong");
        }
        if (ack.version() != Hello.VERSION) {
            throw new HandshakeException(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "the server chose version " + ack.version() + ", this client speaks " + Hello.VERSION);
        }
        state = State.GREETED;
        return ack;
    }
}
