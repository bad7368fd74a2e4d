// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.Closeable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects to servers, with one shared connection per address that is made when first needed and again after it was lost. Any thread may
 * call it; nothing blocks. Names are resolved by a thread of its own that exists only while there are names to resolve, because a resolver
 * may take seconds and event loops never wait.
 */
public final class RemotingClient implements Closeable {

    private static final int RESOLVE_QUEUE_MAX = 1024;
    private static final int RESOLVER_IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS_MAX = 5;

    /** From the end of a channel to the last word of its connection, and one more. */
    private static final int TASKS_AFTER_CLOSE = 3;

    private final RemotingClientConfig config;
    private final HandlerTable pushHandlers;
    private final ConnectionListener listener;
    private final Greeting greeting;
    private final SharedLoops shared;
    private final IoLoops loops;

    /** What is open, or being opened; what comes after the end is closed at once. */
    private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

    private final AtomicBoolean closing = new AtomicBoolean();
    private final ThreadPoolExecutor resolver;
    private final AtomicLong ids = new AtomicLong();
    private final MemoryUse memory = new MemoryUse();
    private final ConcurrentMap<HostPort, Attempt> connections = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A client without interest in the life of its connections. */
    public RemotingClient(RemotingClientConfig config, HandlerTable pushHandlers) {
        this(config, pushHandlers, ConnectionListener.NONE);
    }

    /** A client whose connections may be used at once. */
    public RemotingClient(RemotingClientConfig config, HandlerTable pushHandlers, ConnectionListener listener) {
        this(config, pushHandlers, listener, Greeting.NONE);
    }

    /** A client with event loops of its own. */
    public RemotingClient(
            RemotingClientConfig config, HandlerTable pushHandlers, ConnectionListener listener, Greeting greeting) {
        this(config, new SharedLoops(config.ioThreads(), config.threadName()), pushHandlers, listener, greeting);
    }

    /**
     * A client.
     *
     * @param shared its event loops
     * @param pushHandlers serve the requests that servers send to this client
     * @param greeting what is said on each new connection before it can be used
     */
    public RemotingClient(
            RemotingClientConfig config,
            SharedLoops shared,
            HandlerTable pushHandlers,
            ConnectionListener listener,
            Greeting greeting) {
        this.config = config;
        this.greeting = greeting;
        this.pushHandlers = pushHandlers;
        this.listener = listener;
        this.shared = shared;
        this.loops = shared.join();
        this.resolver = new ThreadPoolExecutor(
                1, 1, RESOLVER_IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(RESOLVE_QUEUE_MAX), task -> {
                    Thread thread = new Thread(task, config.threadName() + "-resolver");
                    thread.setDaemon(true);
                    return thread;
                });
        resolver.allowCoreThreadTimeOut(true);
    }

    /**
     * The connection to an address: the present one, or a new one. Callers who ask at the same time share one attempt, which the first of
     * them gave its time-out. The future fails with a {@link RemotingException}, or with what the {@link Greeting} failed with.
     */
    public CompletableFuture<Connection> connect(HostPort address, Duration timeout) {
        return attempt(address, timeout);
    }

    private Attempt attempt(HostPort address, Duration timeout) {
        Attempt known = connections.get(address);
        if (known != null && !isGone(known)) {
            return known;
        }
        Attempt fresh = new Attempt();
        Attempt winner =
                connections.compute(address, (key, present) -> present == null || isGone(present) ? fresh : present);
        if (winner == fresh) {
            open(address, timeout, fresh);
        }
        return winner;
    }

    /** The connection to an address if there is one at present; makes none. */
    public @Nullable Connection connected(HostPort address) {
        CompletableFuture<Connection> known = connections.get(address);
        return known == null || !known.isDone() || isGone(known) ? null : known.join();
    }

    /** Runs a short task on an event loop after a while, unless the client is closed first. */
    public void after(Duration delay, Runnable task) {
        if (!closed) {
            try {
                Runnable unlessClosed = () -> {
                    if (!closed) {
                        task.run();
                    }
                };
                var unused = loops.group().next().schedule(unlessClosed, delay.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException stopped) {
                // Closed meanwhile.
            }
        }
    }

    private static boolean isGone(CompletableFuture<Connection> attempt) {
        return attempt.isCompletedExceptionally()
                || (attempt.isDone() && !attempt.join().isOpen());
    }

    /**
     * Calls a server, connecting first if need be, all within the time-out. Calls that one thread makes to one server leave in their order, also
     * while they wait for the connection. The answer is detached; see {@link Connection#call}.
     */
    public CompletableFuture<Frame> call(HostPort address, int code, Header header, Body body, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Duration connectTimeout = timeout.compareTo(config.connectTimeout()) < 0 ? timeout : config.connectTimeout();
        Attempt attempt = attempt(address, connectTimeout);
        Connection ready = attempt.ready();
        if (ready != null) {
            return ready.call(code, header, body, timeout);
        }
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        attempt.inTurn((open, failure) -> {
            if (open == null) {
                body.release();
                answer.completeExceptionally(failure);
            } else {
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                passOn(open.call(code, header, body, left), answer);
            }
        });
        return answer;
    }

    /**
     * A connection that is made, with the calls that wait for it. A future alone would run what depends on it in the reverse order, and let a call
     * that comes when it is done overtake those that wait.
     */
    private static final class Attempt extends CompletableFuture<Connection> {

        // Guarded by this.
        private final Queue<BiConsumer<? super @Nullable Connection, ? super Throwable>> waiting = new ArrayDeque<>();
        private boolean drained;

        Attempt() {
            var unused = whenComplete((open, failure) -> drain());
        }

        /** The connection if it is made and nobody waits for it any more. */
        synchronized @Nullable Connection ready() {
            return drained && !isCompletedExceptionally() ? join() : null;
        }

        /** Tells {@code call} the outcome, after all that asked before. */
        void inTurn(BiConsumer<? super @Nullable Connection, ? super Throwable> call) {
            synchronized (this) {
                if (!drained && waiting.size() < PendingCalls.COUNT_MAX) {
                    waiting.add(call);
                    return;
                }
            }
            if (isDone()) {
                var unused = whenComplete(call);
            } else {
                call.accept(
                        null,
                        new RemotingException(
                                RemotingException.Reason.OVERLOADED, "too many calls wait for the connection", null));
            }
        }

        private void drain() {
            while (true) {
                BiConsumer<? super @Nullable Connection, ? super Throwable> next;
                synchronized (this) {
                    next = waiting.poll();
                    if (next == null) {
                        drained = true;
                        return;
                    }
                }
                // It is decided, so that this runs at once.
                var unused = whenComplete(next);
            }
        }
    }

    /** Completes {@code to} as {@code from}, with the failure itself and not with one that wraps it. */
    private static void passOn(CompletableFuture<Frame> from, CompletableFuture<Frame> to) {
        var unused = from.whenComplete((frame, failure) -> {
            if (frame == null) {
                to.completeExceptionally(failure);
            } else {
                to.complete(frame);
            }
        });
    }

    private void open(HostPort address, Duration timeout, CompletableFuture<Connection> attempt) {
        if (closed) {
            fail(address, attempt, "the client is closed", null);
            return;
        }
        InetAddress literal = literal(address.host());
        if (literal != null) {
            open(address, new InetSocketAddress(literal, address.port()), timeout, attempt);
            return;
        }
        try {
            resolver.execute(() -> {
                try {
                    InetAddress resolved = InetAddress.getByName(address.host());
                    open(address, new InetSocketAddress(resolved, address.port()), timeout, attempt);
                } catch (UnknownHostException e) {
                    fail(address, attempt, "unknown host", e);
                } catch (RuntimeException e) {
                    fail(address, attempt, e.toString(), e);
                }
            });
        } catch (RejectedExecutionException e) {
            fail(address, attempt, "too many names wait to be resolved", e);
        }
    }

    /** The address if it is written in numbers, which needs no resolver. */
    private static @Nullable InetAddress literal(String host) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        if (bytes == null) {
            return null;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private void open(
            HostPort address, InetSocketAddress target, Duration timeout, CompletableFuture<Connection> attempt) {
        int timeoutMillis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        EventLoop loop = loops.group().next();
        // On the event loop only. The pipeline would not do: it is empty when the peer has closed before anybody asks.
        TcpConnection[] connection = new TcpConnection[1];
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel made) {
                        channels.add(made);
                        connection[0] = connection(made, loop);
                        made.pipeline().addLast(connection[0]);
                    }
                });
        bootstrap.connect(target).addListener((ChannelFuture done) -> {
            if (done.isSuccess()) {
                connection[0].onClose(() -> connections.remove(address, attempt));
                greet(address, connection[0], attempt);
            } else {
                fail(address, attempt, String.valueOf(done.cause().getMessage()), done.cause());
            }
        });
    }

    private void greet(HostPort address, Connection connection, CompletableFuture<Connection> attempt) {
        var unused = greeting.greet(address, connection).whenComplete((done, failure) -> {
            if (failure == null) {
                attempt.complete(connection);
                return;
            }
            connections.remove(address, attempt);
            connection.close("its greeting was refused");
            attempt.completeExceptionally(
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure);
        });
    }

    private TcpConnection connection(Channel channel, EventLoop loop) {
        return new TcpConnection(
                ids.incrementAndGet(),
                channel,
                loops.of(loop),
                config.limits(),
                config.encoding(),
                pushHandlers,
                listener,
                memory);
    }

    private void fail(HostPort address, CompletableFuture<Connection> attempt, String why, @Nullable Throwable cause) {
        connections.remove(address, attempt);
        attempt.completeExceptionally(new RemotingException(
                RemotingException.Reason.CONNECT_FAILED, "cannot connect to " + address + ": " + why, cause));
    }

    /** Ends all connections; returns when their listeners know of it and nothing of this client runs any more, or after some seconds. */
    @Override
    public void close() {
        closed = true;
        resolver.shutdownNow();
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        var unused = channels.close().awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        // A channel is closed before its connection has said so to everybody, which is at most two tasks of its loop
        // later.
        for (int task = 0; task < TASKS_AFTER_CLOSE; task++) {
            loops.passThroughAll(CLOSE_SECONDS_MAX);
        }
        shared.leave();
    }
}
