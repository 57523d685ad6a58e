package io.multiproc.protocol.auth;

import io.multiproc.protocol.error.ErrorCode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of the mutual challenge, for every CPython from 3.8 and for native clients. Payloads go in and out;
 * the caller frames them. Client frames may come one by one or pipelined. After a {@link HandshakeException} the
 * handshake is over. Not thread-safe.
 *
 * <p>A client that answers with a native client's label is one from then on ({@link #isNative}): the server's answer is labelled, too, and the
 * next frame must be a Hello. A client that answers as CPython does cannot send one.
 *
 * <pre>
 *   start()    -> #CHALLENGE# M_s
 *   receive(answer to M_s)      -> #WELCOME#      (or #FAILURE#, and nothing after it)
 *   receive(#CHALLENGE# M_c)    -> answer to M_c
 *   receive(#WELCOME#)          -> nothing; done
 *   receiveHello(Hello), then acknowledge(HelloAck)      native dialect only
 * </pre>
 */
public final class ServerHandshake {
    private enum State {
        NEW,
        ANSWER,
        CHALLENGE,
        WELCOME,
        DONE,
        GREETED,
        FAILED
    }

    private List<Authkey> keys;
    private @Nullable Authkey proved;
    private AuthPolicy policy;
    private final byte[] challenge;
    private final Transcript transcript = new Transcript();
    private State state = State.NEW;
    private Digest peerDigest = Digest.MD5;
    private boolean labelled;
    private byte @Nullable [] hello;

    /** Challenges with SHA-256, as CPython does from 3.12 on; all of 3.8 and later can answer it. */
    public ServerHandshake(Authkey key, AuthPolicy policy, NonceSource nonces) {
        this(List.of(key), policy, nonces, Digest.SHA256);
    }

    /** For a client that has any of these keys. What is said to it does not tell how many there are, nor which of them it does not have. */
    public ServerHandshake(List<Authkey> keys, AuthPolicy policy, NonceSource nonces) {
        this(keys, policy, nonces, Digest.SHA256);
    }

    public ServerHandshake(Authkey key, AuthPolicy policy, NonceSource nonces, Digest challengeWith) {
        this(List.of(key), policy, nonces, challengeWith);
    }

    private ServerHandshake(List<Authkey> keys, AuthPolicy policy, NonceSource nonces, Digest challengeWith) {
        this.keys = List.copyOf(keys);
        this.policy = policy;
        this.challenge = Challenges.challenge(challengeWith, nonces);
    }

    /** The payload that opens the connection. */
    public List<byte[]> start() {
        if (state != State.NEW) {
            throw new IllegalStateException("started twice");
        }
        state = State.ANSWER;
        return List.of(transcript.record(Transcript.SERVER_CHALLENGE, Bytes.concat(Challenges.CHALLENGE, challenge)));
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

    /** From now on no other key will do: the connection is encrypted by it. Before the client has answered. */
    public void only(Authkey key) {
        if (state != State.NEW && state != State.ANSWER) {
            throw new IllegalStateException("the client has answered");
        }
        keys = List.of(key);
    }

    /**
     * The key that the client has proved.
     *
     * @throws IllegalStateException if it has proved none yet
     */
    public Authkey key() {
        Authkey key = proved;
        if (key == null) {
            throw new IllegalStateException("the client has proved no key");
        }
        return key;
    }

    /** Refuses clients that answer as CPython does, from now on: before the first payload is received. */
    public void refusePython() {
        policy = policy.nativeOnly();
    }

    /**
     * Takes the client's next payload.
     *
     * @return the payloads to send, in order; may be none
     * @throws HandshakeException if the client must be turned away
     */
    public List<byte[]> receive(byte[] payload) throws HandshakeException {
        State now = state;
        state = State.FAILED;
        Challenges.checkLength(payload);
        switch (now) {
            case ANSWER -> {
                labelled = Proofs.isAnswer(payload);
                if (labelled || !policy.python()) {
                    proved = Challenges.checkNative(keys, key -> Proofs.clientAnswer(key, challenge), payload);
                    peerDigest = Digest.SHA256;
                } else {
                    Challenges.Checked answer = Challenges.check(keys, policy, challenge, payload);
                    proved = answer.key();
                    peerDigest = answer.digest();
                }
                transcript.record(Transcript.CLIENT_ANSWER, payload);
                state = State.CHALLENGE;
                return List.of(transcript.record(Transcript.SERVER_WELCOME, Challenges.WELCOME));
            }
            case CHALLENGE -> {
                byte[] m = Challenges.readChallenge(payload);
                if (Arrays.equals(m, challenge)) {
                    throw new HandshakeException(ErrorCode.AUTH_FAILED, "the peer reflects this side's challenge");
                }
                byte[] answer = labelled ? answerNatively(m) : Challenges.answer(key(), policy, m);
                transcript.record(Transcript.CLIENT_CHALLENGE, payload);
                state = State.WELCOME;
                return List.of(transcript.record(Transcript.SERVER_ANSWER, answer));
            }
            case WELCOME -> {
                if (Challenges.isFailure(payload)) {
                    throw Challenges.rejected();
                }
                if (!Challenges.isWelcome(payload)) {
                    throw new HandshakeException(ErrorCode.BAD_VALUE, "the peer's frame is not #WELCOME#");
                }
                transcript.record(Transcript.CLIENT_WELCOME, payload);
                state = State.DONE;
                return List.of();
            }
            default -> throw new IllegalStateException("no handshake frame is due");
        }
    }

    private byte[] answerNatively(byte[] m) throws HandshakeException {
        Challenges.checkAsked(policy, m);
        return Proofs.serverAnswer(key(), challenge, m);
    }

    /** Whether both sides have proved that they know the key. */
    public boolean isDone() {
        return state == State.DONE || state == State.GREETED;
    }

    /** Whether the client's answer was good for a native session only. */
    public boolean isNative() {
        return labelled;
    }

    /** The digest of the client's answer. */
    public Digest peerDigest() {
        return peerDigest;
    }

    /**
     * Checks and reads the Hello of a native client.
     *
     * @throws HandshakeException if it is malformed, its proof is wrong, it is of another version, or the client did not answer as a native one
     */
    public Hello receiveHello(byte[] payload) throws HandshakeException {
        if (state != State.DONE) {
            throw new IllegalStateException("no Hello is due");
        }
        state = State.FAILED;
        HelloFrame.check(payload, HelloFrame.HELLO, HelloFrame.PROOF, "Hello");
        byte[] proof = Proofs.client(key(), transcript.hash(), HelloFrame.withoutProof(payload));
        if (!Authkey.constantTimeEquals(proof, HelloFrame.proof(payload))) {
            throw new HandshakeException(ErrorCode.AUTH_FAILED, "the proof of the Hello is wrong");
        }
        Hello read = Hello.decode(payload);
        if (read.minVersion() > Hello.VERSION || read.maxVersion() < Hello.VERSION) {
            HelloRefused refusal = HelloRefused.unsupported(read);
            throw new HandshakeException(refusal.code(), refusal.text());
        }
        if (!labelled) {
            throw new HandshakeException(
                    ErrorCode.AUTH_FAILED,
                    "the client answered the challenge as CPython does: no native session for it");
        }
        hello = payload.clone();
        state = State.GREETED;
        return read;
    }

    /** The payload that accepts the client. */
    public byte[] acknowledge(HelloAck ack) {
        byte[] received = hello;
        if (received == null) {
            throw new IllegalStateException("no Hello was received");
        }
        byte[] body = ack.body();
        return Bytes.concat(body, Proofs.server(key(), transcript.hash(), received, body));
    }
}
