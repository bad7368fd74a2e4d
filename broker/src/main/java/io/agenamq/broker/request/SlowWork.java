// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.ProtocolException;
import io.agenamq.remoting.Request;
import io.agenamq.remoting.RequestHandler;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads for requests that may wait for the disk or take long: queries, administration, pulls far behind. Bounded in threads and in
 * waiting requests; when full, a request is refused (code 2, which clients take as "try again"), and event loops never wait.
 */
final class SlowWork implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlowWork.class);

    /** Longest body of a request. Read, it takes several times as much memory; honest ones are a list of topics. */
    static final int BODY_BYTES_MAX = 4 * 1024 * 1024;

    /** Bodies of all requests that wait or are worked on: they are copies on the heap. */
    private static final int HELD_BYTES_MAX = 8 * 1024 * 1024;

    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);

    private final int waitingMax;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger heldBytes = new AtomicInteger();

    /**
     * Starts no thread until there is work, and keeps none without work.
     *
     * @param waitingMax requests that may wait for a thread
     */
    SlowWork(ThreadFactory factory, int threadCount, int waitingMax) {
        this.waitingMax = waitingMax;
        threads = new ThreadPoolExecutor(
                threadCount, threadCount, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waitingMax), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    /** A handler that may wait and take long. */
    @FunctionalInterface
    interface SlowHandler {

        /**
         * Answers {@code request}, now or later.
         *
         * @param frame the request's frame, whose body stays valid; to be used instead of {@link Request#frame}
         */
        void handle(Request request, Frame frame);
    }

    /** What to enter into the handler table for {@code handler}, which then runs here. */
    RequestHandler offLoop(SlowHandler handler) {
        return request -> {
            int bytes = request.frame().body().remaining();
            requireBodyAtMost(BODY_BYTES_MAX, request);
            if (heldBytes.addAndGet(bytes) > HELD_BYTES_MAX) {
                heldBytes.addAndGet(-bytes);
                throw busy();
            }
            Frame frame = request.frame().detach();
            boolean accepted = false;
            try {
                execute(request, () -> {
                    try {
                        handler.handle(request, frame);
                    } finally {
                        heldBytes.addAndGet(-bytes);
                    }
                });
                accepted = true;
            } finally {
                if (!accepted) {
                    heldBytes.addAndGet(-bytes);
                }
            }
        };
    }

    /** Refuses a request whose body is longer than any honest one, before it is read. */
    static void requireBodyAtMost(int bytesMax, Request request) {
        int bytes = request.frame().body().remaining();
        if (bytes > bytesMax) {
            throw new ProtocolException(
                    ResponseCode.INVALID_PARAMETER,
                    "a body of " + bytes + " bytes; this request has at most " + bytesMax);
        }
    }

    /** Runs {@code work}, which answers {@code request}; what it throws becomes the answer. */
    void run(Request request, Runnable work) {
        try {
            execute(request, work);
        } catch (ProtocolException full) {
            request.refuse(full.code(), String.valueOf(full.getMessage()));
        }
    }

    private void execute(Request request, Runnable work) {
        try {
            threads.execute(() -> answering(request, work));
        } catch (RejectedExecutionException full) {
            throw busy();
        }
    }

    private static ProtocolException busy() {
        return new ProtocolException(
                ResponseCode.SYSTEM_BUSY,
                "[OVERLOAD]system busy, start flow control for a while: too many slow requests");
    }

    static void answering(Request request, Runnable work) {
        try {
            work.run();
        } catch (ProtocolException refused) {
            request.refuse(refused.code(), String.valueOf(refused.getMessage()));
        } catch (RuntimeException failed) {
            // The top of the task: the peer gets an answer, the operator gets the trace.
            LOG.error(
                    "request {} of {} failed",
                    request.frame().code(),
                    request.connection().remoteAddress(),
                    failed);
            if (!request.isAnswered()) {
                request.refuse(ResponseCode.SYSTEM_ERROR, failed.toString());
            }
        }
    }

    /** How many may wait. */
    int waitingMax() {
        return waitingMax;
    }

    /** Requests that wait for a thread. */
    int waitingCount() {
        return threads.getQueue().size();
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            // Not interrupted: an interrupt closes the store's channels for everybody.
            if (!threads.awaitTermination(DRAIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("slow requests are still running after {} s", DRAIN_TIMEOUT.toSeconds());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
