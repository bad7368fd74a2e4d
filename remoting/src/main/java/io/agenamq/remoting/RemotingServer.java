// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.HeaderEncoding;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Listens on one address and serves the requests that come in with a {@link HandlerTable}. Accepting and serving share the same few event
 * loops. Any thread may call {@link #close}, which returns when all connections and threads are gone.
 */
public final class RemotingServer implements Closeable {

    /** Connections that the system queues before they are accepted: a whole fleet may reconnect at once. */
    private static final int ACCEPT_BACKLOG = 1024;

    private final RemotingServerConfig config;
    private final HandlerTable handlers;
    private final ConnectionListener listener;
    private final IoLoops loops;
    private final AtomicLong ids = new AtomicLong();
    private final MemoryUse memory = new MemoryUse();
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final Channel channel;

    private RemotingServer(RemotingServerConfig config, HandlerTable handlers, ConnectionListener listener)
            throws IOException {
        this.config = config;
        this.handlers = handlers;
        this.listener = listener;
        this.loops = new IoLoops(config.ioThreads(), "agena-io");
        try {
            this.channel = bind();
        } catch (IOException | RuntimeException e) {
            loops.close();
            throw e;
        }
    }

    /**
     * Starts a server.
     *
     * @throws IOException if it cannot listen there; the message is for people
     */
    public static RemotingServer start(RemotingServerConfig config, HandlerTable handlers, ConnectionListener listener)
            throws IOException {
        return new RemotingServer(config, handlers, listener);
    }

    private Channel bind() throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(config.listen().host(), config.listen().port());
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on " + config.listen() + ": unknown host");
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(acceptor());
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new IOException("cannot listen on " + config.listen() + ": " + cause.getMessage(), cause);
        }
        return bound.channel();
    }

    private ChannelHandler acceptor() {
        ConnectionLimits limits = config.limits();
        return new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel accepted) {
                if (connectionCount.incrementAndGet() > config.connectionCountMax()) {
                    connectionCount.decrementAndGet();
                    loops.of(accepted.eventLoop()).refused(accepted.remoteAddress(), config.connectionCountMax());
                    var unused = accepted.close();
                    return;
                }
                accepted.closeFuture().addListener(closed -> connectionCount.decrementAndGet());
                accepted.pipeline()
                        .addLast(new TcpConnection(
                                ids.incrementAndGet(),
                                accepted,
                                loops.of(accepted.eventLoop()),
                                limits,
                                HeaderEncoding.JSON,
                                handlers,
                                listener,
                                memory));
            }
        };
    }

    /** Where it listens, with the port that was picked if none was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Number of open connections. */
    public int connectionCount() {
        return connectionCount.get();
    }

    /** Copies of bytes that peers have not taken, over all connections. */
    long unsentCopyBytes() {
        return memory.unsentCopyBytes.get();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        loops.close();
    }
}
