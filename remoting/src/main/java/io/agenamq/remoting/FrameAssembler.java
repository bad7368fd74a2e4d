// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the byte stream of one connection into frames. A frame that arrived in one read is handed out as a view of the read buffer; only the
 * beginning of an incomplete one is kept, and copied if that frees a much larger read buffer. Memory grows with the bytes that arrive, never
 * with the length that a peer claims. Event loop only.
 *
 * <p>Cycle: {@link #add}, {@link #next} until it returns nothing, {@link #settle}. What {@code next} returned is valid until {@code settle}.
 */
final class FrameAssembler {

    private static final int LENGTH_BYTES = Integer.BYTES;
    private static final int FRAME_BYTES_MIN = Integer.BYTES;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int ROOM_MIN = 512;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf buffer;

    FrameAssembler(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes over a buffer of bytes. */
    void add(ByteBuf in) {
        ByteBuf kept = buffer;
        if (kept == null) {
            buffer = in;
            return;
        }
        int more = in.readableBytes();
        if (kept.writableBytes() < more) {
            kept = moved(kept, roomFor(kept, kept.readableBytes() + more));
            buffer = kept;
        }
        kept.writeBytes(in);
        in.release();
    }

    /** The next whole frame without its length field, or {@code null} if it has not arrived. */
    @Nullable
    ByteBuffer next() {
        ByteBuf in = buffer;
        if (in == null || in.readableBytes() < LENGTH_BYTES) {
            return null;
        }
        int start = in.readerIndex();
        int length = in.getInt(start);
        if (length < FRAME_BYTES_MIN || length > FrameCodec.MAX_FRAME_BYTES) {
            throw new ProtocolException(describe(in, start, length));
        }
        if (in.readableBytes() - LENGTH_BYTES < length) {
            return null;
        }
        in.readerIndex(start + LENGTH_BYTES + length);
        return in.internalNioBuffer(start + LENGTH_BYTES, length);
    }

    /** Capacity for at least {@code needed} bytes. Doubling keeps the copying of a long frame linear; more than the frame is not needed. */
    private static int roomFor(ByteBuf kept, int needed) {
        int doubled = kept.readableBytes() * 2;
        if (kept.readableBytes() < LENGTH_BYTES) {
            return Math.max(needed, doubled);
        }
        int frame = LENGTH_BYTES + kept.getInt(kept.readerIndex());
        return Math.max(needed, Math.min(doubled, frame));
    }

    private static String describe(ByteBuf in, int start, int length) {
        if (in.getByte(start) == TLS_HANDSHAKE) {
            return "it speaks TLS, which is not enabled here";
        }
        boolean text = true;
        for (int i = start; i < start + LENGTH_BYTES; i++) {
            text &= in.getByte(i) >= ' ' && in.getByte(i) <= '~';
        }
        return text
                ? "it speaks another protocol: its first bytes are text"
                : "a frame length of " + length + ", allowed are " + FRAME_BYTES_MIN + " to "
                        + FrameCodec.MAX_FRAME_BYTES;
    }

    /** Frees what was handed out; returns how many bytes of an incomplete frame are kept. */
    int settle() {
        ByteBuf in = buffer;
        if (in == null) {
            return 0;
        }
        int rest = in.readableBytes();
        if (rest == 0) {
            in.release();
            buffer = null;
        } else if (in.readerIndex() > 0 && rest + ROOM_MIN < in.capacity() / 2) {
            buffer = moved(in, rest + ROOM_MIN);
        } else if (in.readerIndex() > 0) {
            in.discardReadBytes();
        }
        return rest;
    }

    private ByteBuf moved(ByteBuf from, int capacity) {
        ByteBuf to = allocator.directBuffer(capacity);
        to.writeBytes(from);
        from.release();
        return to;
    }

    /** Frees everything; the assembler is empty again. */
    void clear() {
        ByteBuf in = buffer;
        if (in != null) {
            in.release();
            buffer = null;
        }
    }
}
