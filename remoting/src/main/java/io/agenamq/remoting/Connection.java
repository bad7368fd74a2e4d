// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection, the same on both sides: either peer may send requests.
 *
 * <p>It belongs to one event loop, its {@link #executor()}. Every method may be called by any thread and returns at once. What is written on
 * the loop while a burst of frames is handled is flushed once at the end of the burst; what other threads write is flushed when the loop has
 * drained it. Frames leave in the order in which they were written, also
 * those of several threads wherever one write happens before the other.
 *
 * <p><b>Back-pressure.</b> Bytes that the peer has not taken are counted. Above a first bound the connection is not {@linkplain #isWritable()
 * writable} and no further requests are read from it; above a second it is closed, because a peer that does not read must not fill this
 * process. A write on a closed connection is dropped silently (its body is released); {@link #onClose} tells.
 */
public interface Connection {

    /** A number that no other connection of this server or client has had. */
    long id();

    /** Where the peer is. */
    InetSocketAddress remoteAddress();

    /** Where this side is: for a server the address that the client reached. */
    InetSocketAddress localAddress();

    /** Sends a one-way request. */
    void push(int code, Header header, Body body);

    /**
     * Sends a request. The future is completed on the event loop (continuations must not block) with the detached answer, whatever its code,
     * or with a {@link RemotingException}.
     */
    CompletableFuture<Frame> call(int code, Header header, Body body, Duration timeout);

    /** Whether it has not been closed yet. */
    boolean isOpen();

    /** Whether the peer keeps up with what is sent to it. False does not forbid to write; it asks for patience. */
    boolean isWritable();

    /** Runs a task on the event loop as soon as the connection is writable; at once if it is. Dropped if the connection closes first. */
    void whenWritable(Runnable once);

    /** Stops reading from the peer; called on the event loop, the present frame is the last one that is handled. */
    void pauseReading();

    /** Reads again. */
    void resumeReading();

    /** Closes the connection and says why in one log line. Closing twice is closing once. */
    void close(String reason);

    /** Runs a task on the event loop when the connection is closed; at once if it is. */
    void onClose(Runnable listener);

    /** The event loop that owns this connection. */
    Executor executor();

    /** Hands what was written to the network soon. Needed by nobody: bursts and drains flush by themselves. */
    void flush();

    /** Keeps a value of the owner's choice with the connection, one per type. */
    <T> void attach(Class<T> type, T value);

    /** The value that was attached under a type. */
    <T> @Nullable T attachment(Class<T> type);
}
