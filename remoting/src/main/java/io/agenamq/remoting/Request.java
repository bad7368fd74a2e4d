// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A request and the right to answer it once. The answer may come from any thread, now or later, and goes out in the encoding of the
 * request. A one-way request is never answered: the same calls do nothing for it, so that handlers need not ask.
 */
public final class Request {

    private static final int SUCCESS = 0;
    private static final AtomicIntegerFieldUpdater<Request> ANSWERED =
            AtomicIntegerFieldUpdater.newUpdater(Request.class, "answered");

    /** Replaced by {@link #forgetContent}, by the thread that has the request then. */
    private Frame frame;

    private final TcpConnection connection;
    private volatile int answered;

    Request(Frame frame, TcpConnection connection) {
        this.frame = frame;
        this.connection = connection;
    }

    /** What was asked. Its body is valid only while the handler runs. */
    public Frame frame() {
        return frame;
    }

    /**
     * Forgets what was asked but for what the answer needs, so that a request that waits for long takes little memory: its frame has neither fields
     * nor a body from now on. For whoever has the request, before another thread gets it.
     */
    public void forgetContent() {
        frame = frame.withoutContent();
    }

    /** Who asks. */
    public Connection connection() {
        return connection;
    }

    /** Whether somebody answered already. */
    public boolean isAnswered() {
        return answered != 0;
    }

    /** Answers "success" without a body. */
    public void reply(Header header) {
        reply(SUCCESS, null, header, Body.EMPTY);
    }

    /** Answers "success". */
    public void reply(Header header, Body body) {
        reply(SUCCESS, null, header, body);
    }

    /** Refuses with a response code and its reason for people. */
    public void refuse(int responseCode, String remark) {
        reply(responseCode, remark, Header.NONE, Body.EMPTY);
    }

    /**
     * Answers with everything an answer can have. The body is released in any case.
     *
     * @throws IllegalStateException if the request was answered before
     */
    public void reply(int responseCode, @Nullable String remark, Header header, Body body) {
        if (!ANSWERED.compareAndSet(this, 0, 1)) {
            body.release();
            throw new IllegalStateException("answered twice: " + frame);
        }
        if (frame.isOneway()) {
            body.release();
            return;
        }
        connection.respond(frame.encoding(), responseCode, frame.opaque(), remark, header, body);
    }
}
