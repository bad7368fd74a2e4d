// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

/**
 * A refusal with a wire response code: the peer's bytes or its wish cannot be served, and the message tells it why. It is an answer, not a
 * failure of this process, so it carries no stack trace and is cheap to throw.
 */
public final class ProtocolException extends RuntimeException {

    /** Response code 1, "system error", which RocketMQ answers to whatever cannot be decoded. */
    private static final int MALFORMED = 1;

    private final int code;

    /** A refusal with the given response code. */
    public ProtocolException(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** Bytes that cannot be understood: response code 1. */
    public ProtocolException(String message) {
        this(MALFORMED, message);
    }

    /** The response code to answer with. */
    public int code() {
        return code;
    }
}
