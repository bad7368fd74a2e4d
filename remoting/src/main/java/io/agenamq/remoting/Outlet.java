// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.HeaderEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a connection: puts encoded frames together into few large writes, and bounds what the peer has not taken.
 *
 * <p>Small frames are copied together into one buffer ({@code collected}), so that a burst of a hundred answers is one write of one buffer.
 * Large parts of bodies are not copied: they follow as buffers of their own in a gathering write.
 *
 * <p>Touched by the connection's event loop only, except where a method says so.
 */
final class Outlet {

    /** Parts of a body up to this size are copied: that costs less than a buffer, a promise and an iovec of their own. */
    private static final int COPY_BYTES_MAX = 4 * 1024;

    private static final int COLLECTED_BYTES_MIN = 512;
    private static final int COLLECTED_BYTES_MAX = 64 * 1024;

    /** A burst that wrote so much is flushed before its end, so that the peer can begin with it. */
    private static final int FLUSH_EARLY_BYTES = 256 * 1024;

    /** The bound that pauses when the copies of all connections together are too many. */
    private static final int SCARCE_PAUSE_BYTES = 64 * 1024;

    /** What is copied then: only what is smaller than the objects that sending it by reference needs. */
    private static final int SCARCE_COPY_BYTES_MAX = 256;

    private final Channel channel;
    private final List<ByteBuffer> parts;
    private final ConnectionLimits limits;
    private final MemoryUse memory;
    private final Listener listener;

    private final AtomicLong unsentBytes = new AtomicLong();
    private @Nullable ByteBuf collected;
    private int lastCollectedBytes = COLLECTED_BYTES_MIN;
    private int unflushedBytes;
    private boolean unflushed;
    private boolean paused;

    /** Told of what concerns the connection as a whole. On the event loop unless said otherwise. */
    interface Listener {

        /** So much is unsent that the connection has to end. Any thread. */
        void flooded(String why);

        /** Too much is unsent; what is asked for in addition should wait. */
        void paused();

        /** The network has taken something. */
        void sent();

        /** What is unsent is little again, after {@link #paused}. */
        void drained();
    }

    /**
     * The outlet of a channel.
     *
     * @param parts scratch of the event loop, empty between writes
     */
    Outlet(Channel channel, List<ByteBuffer> parts, ConnectionLimits limits, MemoryUse memory, Listener listener) {
        this.channel = channel;
        this.parts = parts;
        this.limits = limits;
        this.memory = memory;
        this.listener = listener;
    }

    // ---- bounds

    /** Counts bytes as unsent and enforces the bound. Any thread. */
    void account(int bytes) {
        if (unsentBytes.addAndGet(bytes) > limits.outboundCloseBytes()) {
            listener.flooded("it does not read: more than " + limits.outboundCloseBytes() + " bytes are unsent");
        }
    }

    /** Takes bytes back that were counted. Any thread. */
    void discount(int bytes) {
        unsentBytes.addAndGet(-bytes);
    }

    /** Whether less is unsent than pauses. Any thread. */
    boolean hasRoom() {
        return unsentBytes.get() < pauseBytes();
    }

    /** Whether {@link Listener#paused} was told, and {@link Listener#drained} not since. */
    boolean isPaused() {
        return paused;
    }

    /** The same, so that {@link Listener#drained} will be told if there is no room now, whoever has taken it: other threads, or other connections. */
    boolean pauseUnlessRoom() {
        if (!paused && !hasRoom()) {
            paused = true;
            listener.paused();
        }
        return paused;
    }

    /** Above so many unsent bytes no more is read from this connection. Less when memory is short. */
    private int pauseBytes() {
        return isMemoryScarce()
                ? Math.min(SCARCE_PAUSE_BYTES, limits.outboundPauseBytes())
                : limits.outboundPauseBytes();
    }

    private boolean isMemoryScarce() {
        return memory.unsentCopyBytes.get() > limits.unsentCopyBytesMax();
    }

    /** A figure that changes when a part of a long write has left. */
    long progress() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
    }

    // ---- writing

    /**
     * Writes a frame whose header was just encoded, and releases its body when that has left.
     *
     * @return whether this is the first since the last flush, which somebody has to see to
     */
    boolean write(HeaderEncoder encoded, Body body) {
        int bytes = encoded.length() + body.length();
        account(bytes);
        if (memory.unsentCopyBytes.get() > ConnectionLimits.UNSENT_COPY_CLOSE_FACTOR * limits.unsentCopyBytesMax()
                && unsentBytes.get() > SCARCE_PAUSE_BYTES) {
            listener.flooded("it does not read, and memory for unsent bytes is short");
        }
        collecting(encoded.length()).writeBytes(encoded.bytes(), 0, encoded.length());
        writeBody(body);
        unflushedBytes += bytes;
        boolean first = !unflushed;
        unflushed = true;
        if (unflushedBytes >= FLUSH_EARLY_BYTES) {
            flush();
        }
        if (unsentBytes.get() >= pauseBytes() && !paused) {
            paused = true;
            listener.paused();
        }
        return first && unflushed;
    }

    private void writeBody(Body body) {
        if (body.length() == 0) {
            body.release();
            return;
        }
        body.appendTo(parts);
        int copyBytesMax = isMemoryScarce() ? SCARCE_COPY_BYTES_MAX : COPY_BYTES_MAX;
        int largeBytes = 0;
        int largeHeapBytes = 0;
        int lastLarge = -1;
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).remaining() > copyBytesMax) {
                largeBytes += parts.get(i).remaining();
                // Netty copies what is on the heap, because the socket cannot take it from there.
                largeHeapBytes += parts.get(i).isDirect() ? 0 : parts.get(i).remaining();
                lastLarge = i;
            }
        }
        for (int i = 0; i < parts.size(); i++) {
            ByteBuffer part = parts.get(i);
            if (part.remaining() <= copyBytesMax) {
                collecting(part.remaining()).writeBytes(part);
            } else {
                writeCollected();
                ChannelFuture written = channel.write(Unpooled.wrappedBuffer(part));
                if (i == lastLarge) {
                    // Buffers of one channel are written, or failed, in their order: the last one stands for all.
                    written.addListener(written(largeBytes, largeHeapBytes, body));
                }
            }
        }
        parts.clear();
        if (lastLarge < 0) {
            body.release();
        }
    }

    /** The buffer that small frames are copied into, with room for so many bytes. */
    private ByteBuf collecting(int more) {
        ByteBuf out = collected;
        if (out != null && out.readableBytes() + more > COLLECTED_BYTES_MAX) {
            writeCollected();
            out = null;
        }
        if (out == null) {
            // As large as what was needed last time, because bursts resemble each other.
            out = channel.alloc().directBuffer(Math.max(more, lastCollectedBytes));
            collected = out;
        }
        return out;
    }

    private void writeCollected() {
        ByteBuf out = collected;
        if (out != null) {
            collected = null;
            lastCollectedBytes = Math.max(COLLECTED_BYTES_MIN, out.readableBytes());
            channel.write(out).addListener(written(out.readableBytes(), out.readableBytes(), Body.EMPTY));
        }
    }

    /** Hands everything that was written to the network. */
    void flush() {
        if (unflushed) {
            unflushed = false;
            unflushedBytes = 0;
            writeCollected();
            channel.flush();
        }
    }

    /** The channel has ended: forgets what was not handed to it. */
    void discard() {
        ByteBuf out = collected;
        if (out != null) {
            collected = null;
            unsentBytes.addAndGet(-out.readableBytes());
            out.release();
        }
    }

    private Written written(int bytes, int copiedBytes, Body body) {
        memory.unsentCopyBytes.addAndGet(copiedBytes);
        return new Written(bytes, copiedBytes, body);
    }

    /** Bytes that left, or never will. */
    private final class Written implements ChannelFutureListener {

        private final int bytes;
        private final int copiedBytes;
        private final Body body;

        Written(int bytes, int copiedBytes, Body body) {
            this.bytes = bytes;
            this.copiedBytes = copiedBytes;
            this.body = body;
        }

        @Override
        public void operationComplete(ChannelFuture future) {
            if (future.isSuccess()) {
                listener.sent();
            }
            body.release();
            memory.unsentCopyBytes.addAndGet(-copiedBytes);
            long left = unsentBytes.addAndGet(-bytes);
            if (paused && left <= pauseBytes() / 2) {
                paused = false;
                listener.drained();
            }
        }
    }
}
