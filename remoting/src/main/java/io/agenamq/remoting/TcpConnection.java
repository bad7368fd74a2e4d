// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.FrameCodec;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoder;
import io.agenamq.protocol.frame.HeaderEncoding;
import io.agenamq.protocol.frame.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Connection} over one Netty channel; the only handler in its pipeline.
 *
 * <pre>
 * socket ─▶ channelRead ─▶ FrameAssembler ─▶ FrameCodec ─┬─ response ─▶ PendingCalls
 *                                                        └─ request ──▶ handler ─▶ respond
 *           channelReadComplete ─▶ (all ready sockets were read) ─▶ listener.burstEnded ─▶ one flush
 *
 * respond, push, call ─ on the loop ──────────────────▶ write ─▶ Outlet ─▶ channel
 *                     └ elsewhere ─▶ IoLoop's outbox ──▶ ┘
 * </pre>
 *
 * <p>Fields are touched by the event loop only, except those that are final, atomic or volatile.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter implements Connection {

    private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);

    /** What a queued header is counted as before it is encoded. */
    private static final int HEADER_BYTES_ESTIMATE = 256;

    /** The timer of calls is never set closer than this: expiry need not be more precise. */
    private static final long CALL_TIMER_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(10);

    private final long id;
    private final Channel channel;
    private final IoLoop io;
    private final ConnectionLimits limits;
    private final HandlerTable handlers;
    private final ConnectionListener listener;
    private final MemoryUse memory;
    private final Outlet outlet;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile @Nullable String closeReason;

    // Reading.
    private final FrameAssembler assembler;
    private int keptBytes;
    private boolean inBurst;
    private boolean burstEnds;
    private boolean seenFrame;
    private HeaderEncoding encoding;
    private boolean pausedByOwner;

    // Writing.
    private boolean inactive;
    private final List<Runnable> writableWaiters = new ArrayList<>();
    private final List<Runnable> closeListeners = new ArrayList<>();

    // Calls.
    private final PendingCalls calls = new PendingCalls();
    private @Nullable ScheduledFuture<?> callTimer;
    private long callTimerDeadline;

    // Silence.
    private final long openedNanos;
    private boolean activeSinceTick;
    private long lastActiveNanos;
    private long lastOutputProgress;

    private final AttachedValues attachments = new AttachedValues();

    TcpConnection(
            long id,
            Channel channel,
            IoLoop io,
            ConnectionLimits limits,
            HeaderEncoding encoding,
            HandlerTable handlers,
            ConnectionListener listener,
            MemoryUse memory) {
        this.id = id;
        this.channel = channel;
        this.io = io;
        this.limits = limits;
        this.encoding = encoding;
        this.handlers = handlers;
        this.listener = listener;
        this.memory = memory;
        this.outlet = new Outlet(channel, io.parts, limits, memory, new OutletListener());
        this.assembler = new FrameAssembler(channel.alloc());
        this.openedNanos = System.nanoTime();
        this.lastActiveNanos = openedNanos;
    }

    // ------------------------------------------------------------------ reading

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        io.add(this);
        try {
            listener.opened(this);
        } catch (RuntimeException e) {
            LOG.error("listener failed on the opening of {}", this, e);
            close("its opening could not be handled");
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        activeSinceTick = true;
        inBurst = true;
        assembler.add((ByteBuf) message);
        handleFrames();
    }

    private void handleFrames() {
        try {
            for (ByteBuffer frame = nextFrame(); frame != null; frame = nextFrame()) {
                seenFrame = true;
                dispatch(FrameCodec.decode(frame));
            }
        } catch (ProtocolException e) {
            close("it sent what is not a frame: " + e.getMessage());
            assembler.clear();
        }
        keep(assembler.settle());
    }

    private @Nullable ByteBuffer nextFrame() {
        // After a close the rest of the burst is not worth serving: nobody gets the answers. While reading is paused
        // the rest waits,
        // because one read may bring hundreds of small requests with large answers.
        return closing.get() || outlet.isPaused() || pausedByOwner ? null : assembler.next();
    }

    /** Serves what arrived before a pause; a burst of its own. */
    private void handleKept() {
        if (isOpen() && keptBytes > 0 && !outlet.isPaused() && !pausedByOwner) {
            inBurst = true;
            handleFrames();
            endBurstLater();
        }
    }

    private void keep(int bytes) {
        long all = memory.partialFrameBytes.addAndGet((long) bytes - keptBytes);
        boolean grew = bytes > keptBytes;
        keptBytes = bytes;
        if (grew && all > limits.partialFrameBytesMax()) {
            close("incomplete frames of all connections together exceed " + limits.partialFrameBytesMax() + " bytes");
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        endBurstLater();
    }

    private void endBurstLater() {
        if (!burstEnds) {
            burstEnds = true;
            io.endBurstLater(this);
        }
    }

    /** The burst is over; {@link #flushNow} follows. */
    void endBurst() {
        burstEnds = false;
        try {
            listener.burstEnded(this);
        } catch (RuntimeException | Error e) {
            // An error, for want of memory for instance, is this connection's, and not that of all others whose bursts
            // end here.
            LOG.error("listener failed at the end of a burst of {}", this, e);
            close("its requests could not be handled");
        } finally {
            inBurst = false;
        }
    }

    private void dispatch(Frame frame) {
        if (frame.isResponse()) {
            if (!calls.isAwaited(frame.opaque()) || !calls.complete(frame.detach())) {
                LOG.debug("{}: nobody waits for {}", this, frame);
            }
            return;
        }
        encoding = frame.encoding();
        Request request = new Request(frame, this);
        RequestHandler handler = handlers.find(frame.code());
        if (handler == null) {
            request.refuse(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, " request type " + frame.code() + " not supported");
            return;
        }
        try {
            handler.handle(request);
        } catch (ProtocolException e) {
            refuse(request, e.code(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("{}: the handler of request {} failed", this, RequestCode.nameOf(frame.code()), e);
            refuse(request, ResponseCode.SYSTEM_ERROR, e.toString());
        }
    }

    private static void refuse(Request request, int code, String remark) {
        if (!request.isAnswered()) {
            request.refuse(code, remark);
        }
    }

    // ------------------------------------------------------------------ writing

    @Override
    public void push(int code, Header header, Body body) {
        send(encoding, code, 0, Frame.FLAG_ONEWAY, null, header, body, null, 0);
    }

    @Override
    public CompletableFuture<Frame> call(int code, Header header, Body body, Duration timeout) {
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        send(encoding, code, 0, 0, null, header, body, answer, System.nanoTime() + timeout.toNanos());
        return answer;
    }

    /** Answers a request. */
    void respond(
            HeaderEncoding requestEncoding, int code, int opaque, @Nullable String remark, Header header, Body body) {
        send(requestEncoding, code, opaque, Frame.FLAG_RESPONSE, remark, header, body, null, 0);
    }

    private void send(
            HeaderEncoding frameEncoding,
            int code,
            int opaque,
            int flag,
            @Nullable String remark,
            Header header,
            Body body,
            @Nullable CompletableFuture<Frame> answer,
            long deadlineNanos) {
        // A frame of this loop must not overtake one that another thread wrote before it: then it queues up behind it.
        if (io.loop.inEventLoop() && io.isOutboxEmpty()) {
            write(frameEncoding, code, opaque, flag, remark, header, body, answer, deadlineNanos);
            return;
        }
        int bytes = HEADER_BYTES_ESTIMATE + body.length();
        Outgoing outgoing = new Outgoing(
                this, frameEncoding, code, opaque, flag, remark, header, body, answer, deadlineNanos, bytes);
        if (!isOpen()) {
            outgoing.drop();
            return;
        }
        outlet.account(bytes);
        io.send(outgoing);
    }

    /** Writes what another thread queued. */
    void write(Outgoing out) {
        outlet.discount(out.accountedBytes());
        write(
                out.encoding(),
                out.code(),
                out.opaque(),
                out.flag(),
                out.remark(),
                out.header(),
                out.body(),
                out.answer(),
                out.deadlineNanos());
    }

    private void write(
            HeaderEncoding frameEncoding,
            int code,
            int givenOpaque,
            int flag,
            @Nullable String remark,
            Header header,
            Body body,
            @Nullable CompletableFuture<Frame> answer,
            long deadlineNanos) {
        if (!isOpen()) {
            body.release();
            if (answer != null) {
                answer.completeExceptionally(closedFailure());
            }
            return;
        }
        int opaque = givenOpaque;
        if (answer != null) {
            if (calls.isFull()) {
                body.release();
                answer.completeExceptionally(new RemotingException(
                        RemotingException.Reason.OVERLOADED, "too many calls to " + this + " are unanswered", null));
                return;
            }
            opaque = calls.add(answer, deadlineNanos);
            setCallTimer(deadlineNanos);
        }
        HeaderEncoder encoder = io.encoder;
        try {
            encoder.encode(frameEncoding, code, opaque, flag, remark, header, body.length());
        } catch (RuntimeException e) {
            // A bug of whoever made this frame. A peer that waits for it gets something that can always be written.
            LOG.error("{}: a frame with code {} cannot be written", this, code, e);
            body.release();
            if (answer != null) {
                answer.completeExceptionally(e);
            } else if ((flag & Frame.FLAG_RESPONSE) != 0) {
                encoder.encode(frameEncoding, ResponseCode.SYSTEM_ERROR, opaque, flag, e.toString(), Header.NONE, 0);
                written(outlet.write(encoder, Body.EMPTY));
            }
            return;
        }
        written(outlet.write(encoder, body));
    }

    private void written(boolean first) {
        if (first && !inBurst) {
            io.flushLater(this);
        }
    }

    /** Hands everything that was written to the network. */
    void flushNow() {
        outlet.flush();
    }

    /** What the outlet tells. */
    private final class OutletListener implements Outlet.Listener {

        @Override
        public void flooded(String why) {
            close(why);
        }

        @Override
        public void paused() {
            updateReading();
        }

        @Override
        public void sent() {
            activeSinceTick = true;
        }

        @Override
        public void drained() {
            updateReading();
            // As a task, because a write may end within the write of another frame, and waiters write.
            io.loop.execute(TcpConnection.this::runWritableWaiters);
        }
    }

    private void runWritableWaiters() {
        List<Runnable> waiters = List.copyOf(writableWaiters);
        writableWaiters.clear();
        waiters.forEach(this::runForeign);
    }

    private void runForeign(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // Also an error must not keep the others from learning what has happened.
            LOG.error("{}: a task failed", this, e);
        }
    }

    private void updateReading() {
        boolean reading = !pausedByOwner && !outlet.isPaused();
        channel.config().setAutoRead(reading);
        if (reading && keptBytes > 0) {
            // As a task, because this may be called by the write of a handler, in the middle of a burst.
            io.loop.execute(this::handleKept);
        }
    }

    // ------------------------------------------------------------------ time

    private void setCallTimer(long deadlineNanos) {
        if (callTimer != null && callTimerDeadline - deadlineNanos <= 0) {
            return;
        }
        if (callTimer != null) {
            callTimer.cancel(false);
        }
        callTimerDeadline = deadlineNanos;
        long delay = Math.max(CALL_TIMER_NANOS_MIN, deadlineNanos - System.nanoTime());
        callTimer = io.loop.schedule(this::expireCalls, delay, TimeUnit.NANOSECONDS);
    }

    private void expireCalls() {
        callTimer = null;
        long now = System.nanoTime();
        long next = calls.expire(now, toString());
        if (next >= 0) {
            setCallTimer(now + next);
        }
    }

    /** Called about every second: closes a connection that was silent for too long. */
    void tick(long nowNanos) {
        long firstFrameNanos = limits.firstFrameTimeout().toNanos();
        if (!seenFrame && firstFrameNanos > 0 && nowNanos - openedNanos > firstFrameNanos) {
            if (closing.compareAndSet(false, true)) {
                closeReason = "it said nothing";
                io.closedSilent(this);
                closeChannel();
            }
            return;
        }
        if (activeSinceTick || pausedByOwner || outputProgressed()) {
            activeSinceTick = false;
            lastActiveNanos = nowNanos;
        } else if (nowNanos - lastActiveNanos > limits.idleTimeout().toNanos()) {
            close("idle for " + limits.idleTimeout().toSeconds() + " s");
        }
    }

    /** Whether a part of a long write left since the last tick. */
    private boolean outputProgressed() {
        long progress = outlet.progress();
        boolean changed = progress != lastOutputProgress;
        lastOutputProgress = progress;
        return changed;
    }

    // ------------------------------------------------------------------ closing

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing.set(true);
        inactive = true;
        io.remove(this);
        assembler.clear();
        keep(0);
        outlet.discard();
        if (callTimer != null) {
            callTimer.cancel(false);
            callTimer = null;
        }
        calls.failAll(closedFailure());
        writableWaiters.clear();
        List<Runnable> listeners = List.copyOf(closeListeners);
        closeListeners.clear();
        listeners.forEach(this::runForeign);
        runForeign(() -> listener.closed(this));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("{}: {}", this, cause.toString());
            closing.set(true);
            closeChannel();
        } else {
            LOG.error("{}: failed", this, cause);
            close("of a failure on this side");
        }
    }

    RemotingException closedFailure() {
        String reason = closeReason;
        return new RemotingException(
                RemotingException.Reason.CLOSED,
                "the connection to " + remoteAddress() + " was closed" + (reason == null ? "" : " because " + reason),
                null);
    }

    @Override
    public void close(String reason) {
        if (closing.compareAndSet(false, true)) {
            closeReason = reason;
            LOG.info("closing {}: {}", this, reason);
            closeChannel();
        }
    }

    private void closeChannel() {
        if (io.loop.inEventLoop()) {
            // What was answered before the close should still arrive.
            flushNow();
        }
        // Its end arrives as channelInactive.
        var unused = channel.close();
    }

    @Override
    public void onClose(Runnable task) {
        onLoop(() -> {
            if (inactive) {
                runForeign(task);
            } else {
                closeListeners.add(task);
            }
        });
    }

    // ------------------------------------------------------------------ the rest

    private void onLoop(Runnable task) {
        if (io.loop.inEventLoop()) {
            task.run();
        } else {
            io.loop.execute(task);
        }
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) channel.remoteAddress();
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public boolean isOpen() {
        return !closing.get();
    }

    @Override
    public boolean isWritable() {
        return isOpen() && outlet.hasRoom();
    }

    @Override
    public void whenWritable(Runnable once) {
        onLoop(() -> {
            if (!isOpen()) {
                return;
            }
            if (outlet.pauseUnlessRoom()) {
                writableWaiters.add(once);
            } else {
                runForeign(once);
            }
        });
    }

    @Override
    public void pauseReading() {
        onLoop(() -> {
            pausedByOwner = true;
            updateReading();
        });
    }

    @Override
    public void resumeReading() {
        onLoop(() -> {
            pausedByOwner = false;
            updateReading();
        });
    }

    @Override
    public Executor executor() {
        return io.loop;
    }

    @Override
    public void flush() {
        onLoop(this::flushNow);
    }

    @Override
    public <T> void attach(Class<T> type, T value) {
        attachments.put(type, value);
    }

    @Override
    public <T> @Nullable T attachment(Class<T> type) {
        return attachments.get(type);
    }

    @Override
    public String toString() {
        return "connection " + id + " (" + channel.remoteAddress() + ")";
    }
}
