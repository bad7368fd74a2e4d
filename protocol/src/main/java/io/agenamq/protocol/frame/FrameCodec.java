// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a frame (RocketMQ remoting §1). All integers are big-endian.
 *
 * <pre>
 * 0             4          5               8                8 + H
 * +-------------+----------+---------------+----- … --------+----- … -----+
 * | frameLength | encoding | headerLength H|     header     |    body     |
 * +-------------+----------+---------------+----- … --------+----- … -----+
 *   4 + H + body   1 byte       3 bytes
 * </pre>
 *
 * <p>The decoder copies the header into an array of exactly its length, which the frame then owns, and slices the body. It never allocates
 * by a length that a peer merely claims: every length is checked against the bytes that are there. Bytes that cannot be understood raise
 * {@link ProtocolException} and nothing else. Stateless; any thread.
 */
public final class FrameCodec {

    /** Longest frame, counted without its length field; the same limit as RocketMQ's. */
    public static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;

    /** Longest header. The largest honest one carries 32 KiB of properties, each byte of which JSON may write as six. */
    public static final int MAX_HEADER_BYTES = 1024 * 1024;

    /** Deepest nesting of JSON in a header. Honest headers need two levels. */
    public static final int MAX_JSON_DEPTH = 32;

    /** The version in every header we write: that of RocketMQ 5.3.3, of which clients infer what a server can do. */
    public static final int VERSION = 479;

    /** Bytes of the length field and of the word with encoding and header length. */
    static final int PREFIX_BYTES = 8;

    private static final int HEADER_WORD_BYTES = Integer.BYTES;
    private static final int HEADER_LENGTH_MASK = 0xFF_FFFF;

    private FrameCodec() {}

    /**
     * Decodes one frame.
     *
     * @param frame from its position (the word behind the length field) to its limit; consumed. The body of the result is a view of it.
     */
    public static Frame decode(ByteBuffer frame) {
        if (frame.remaining() < HEADER_WORD_BYTES) {
            throw new ProtocolException("a frame of " + frame.remaining() + " bytes has no room for a header");
        }
        int word = frame.getInt();
        int headerLength = word & HEADER_LENGTH_MASK;
        if (headerLength > frame.remaining() || headerLength > MAX_HEADER_BYTES) {
            throw new ProtocolException(
                    "a header of " + headerLength + " bytes in a frame that has " + frame.remaining() + " left");
        }
        byte[] header = new byte[headerLength];
        frame.get(header);
        ByteBuffer body = frame.slice();
        frame.position(frame.limit());
        return switch (word >>> 24) {
            case 0 -> JsonHeader.decode(header, body);
            case 1 -> BinaryHeader.decode(header, body);
            default -> throw new ProtocolException("unknown header encoding " + (word >>> 24));
        };
    }

    /** A whole frame, length field included, in one new buffer. For tests and slow paths; connections keep a {@link HeaderEncoder}. */
    public static ByteBuffer encode(
            HeaderEncoding encoding,
            int code,
            int opaque,
            int flag,
            @Nullable String remark,
            Header header,
            Body body) {
        HeaderEncoder encoder = new HeaderEncoder();
        encoder.encode(encoding, code, opaque, flag, remark, header, body.length());
        ByteBuffer frame = ByteBuffer.allocate(encoder.length() + body.length());
        frame.put(encoder.bytes(), 0, encoder.length());
        List<ByteBuffer> parts = new ArrayList<>();
        body.appendTo(parts);
        parts.forEach(frame::put);
        return frame.flip();
    }
}
