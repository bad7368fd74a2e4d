// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The event loops of one server or client and the network memory they share. */
final class IoLoops {

    private static final int PAGE_BYTES = 8192;

    /** Chunks of 1 MiB instead of Netty's 4: an idle server then holds a megabyte per loop and no more. */
    private static final int CHUNK_ORDER = 7;

    private static final int SMALL_CACHE_COUNT = 64;
    private static final int NORMAL_CACHE_COUNT = 16;
    private static final int CLOSE_SECONDS_MAX = 5;

    private final NioEventLoopGroup group;
    private final PooledByteBufAllocator allocator;
    private final List<IoLoop> loops = new ArrayList<>();

    IoLoops(int count, String threadName) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads = task -> {
            // FastThreadLocalThread makes Netty's per-thread buffer caches a field access.
            Thread thread = new FastThreadLocalThread(task, threadName + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        this.group = new NioEventLoopGroup(count, threads);
        this.allocator = new PooledByteBufAllocator(
                true, 0, count, PAGE_BYTES, CHUNK_ORDER, SMALL_CACHE_COUNT, NORMAL_CACHE_COUNT, false);
        for (EventExecutor executor : group) {
            IoLoop loop = new IoLoop((EventLoop) executor);
            loops.add(loop);
            loop.start();
        }
    }

    NioEventLoopGroup group() {
        return group;
    }

    PooledByteBufAllocator allocator() {
        return allocator;
    }

    /** What belongs to one of the group's event loops. */
    IoLoop of(EventLoop eventLoop) {
        for (IoLoop loop : loops) {
            if (loop.loop == eventLoop) {
                return loop;
            }
        }
        throw new IllegalStateException("an event loop of another group");
    }

    /** Returns when all loops have done what was queued before, or after so many seconds. Not for tasks of these loops, which would wait for themselves. */
    void passThroughAll(int secondsMax) {
        for (IoLoop loop : loops) {
            if (!loop.loop.inEventLoop()) {
                var unused = loop.loop.submit(() -> {}).awaitUninterruptibly(secondsMax, TimeUnit.SECONDS);
            }
        }
    }

    /** Closes every channel of the loops and ends their threads. */
    void close() {
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
