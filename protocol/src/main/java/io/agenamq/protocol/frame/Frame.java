// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One decoded frame. The header belongs to the frame; {@link #body()} is a view of network memory that is valid only until the handler of
 * the frame returns, so that nothing is copied on the hot path. Whoever keeps a frame longer keeps {@link #detach()} instead.
 */
public final class Frame {

    /** Bit of {@link #flag()}: the frame answers the request with the same opaque number. */
    public static final int FLAG_RESPONSE = 1;

    /** Bit of {@link #flag()}: the sender expects no answer and must not get one. */
    public static final int FLAG_ONEWAY = 2;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final HeaderEncoding encoding;
    private final int code;
    private final int language;
    private final int version;
    private final int opaque;
    private final int flag;
    private final @Nullable String remark;
    private final HeaderFields fields;
    private final ByteBuffer body;

    Frame(
            HeaderEncoding encoding,
            int code,
            int language,
            int version,
            int opaque,
            int flag,
            @Nullable String remark,
            HeaderFields fields,
            ByteBuffer body) {
        this.encoding = encoding;
        this.code = code;
        this.language = language;
        this.version = version;
        this.opaque = opaque;
        this.flag = flag;
        this.remark = remark;
        this.fields = fields;
        this.body = body;
    }

    /** Request code of a request, response code of a response. */
    public int code() {
        return code;
    }

    /** Wire code of the sender's {@link Language}. */
    public int language() {
        return language;
    }

    /** The sender's version, an ordinal that grows with RocketMQ's releases; 0 from peers that do not say. */
    public int version() {
        return version;
    }

    /** The number by which the requester recognises the answer. */
    public int opaque() {
        return opaque;
    }

    /** {@link #FLAG_RESPONSE} and {@link #FLAG_ONEWAY}. */
    public int flag() {
        return flag;
    }

    /** Whether this is the answer to a request. */
    public boolean isResponse() {
        return (flag & FLAG_RESPONSE) != 0;
    }

    /** Whether the sender wants no answer. */
    public boolean isOneway() {
        return (flag & FLAG_ONEWAY) != 0;
    }

    /** Text for people, mostly the reason of a refusal. */
    public @Nullable String remark() {
        return remark;
    }

    /** The command's fields. */
    public Fields fields() {
        return fields;
    }

    /** The bytes behind the header; its position is 0 and belongs to the caller of this frame's handler alone. */
    public ByteBuffer body() {
        return body;
    }

    /** How the header was written. */
    public HeaderEncoding encoding() {
        return encoding;
    }

    /** The same frame with its body copied to the heap, valid for ever. */
    public Frame detach() {
        ByteBuffer copy = ByteBuffer.allocate(body.capacity());
        copy.put(body.duplicate().clear()).flip();
        return new Frame(encoding, code, language, version, opaque, flag, remark, fields, copy);
    }

    /** The same frame without fields, remark and body: what an answer has to know of its request. It takes no more memory than itself. */
    public Frame withoutContent() {
        return new Frame(encoding, code, language, version, opaque, flag, null, HeaderFields.EMPTY, NOTHING);
    }

    @Override
    public String toString() {
        return (isResponse() ? "response " : "request ") + code + " opaque " + opaque + " body " + body.capacity()
                + " bytes";
    }
}
