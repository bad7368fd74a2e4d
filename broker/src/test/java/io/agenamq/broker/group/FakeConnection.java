// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.group;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.Connection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A connection that goes nowhere and remembers what was pushed to it. */
final class FakeConnection implements Connection {

    private final long id;
    private final List<Integer> pushed = new ArrayList<>();
    private boolean open = true;

    FakeConnection(long id) {
        this.id = id;
    }

    List<Integer> pushed() {
        return pushed;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), (int) id);
    }

    @Override
    public InetSocketAddress localAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 10911);
    }

    @Override
    public void push(int code, Header header, Body body) {
        pushed.add(code);
    }

    @Override
    public CompletableFuture<Frame> call(int code, Header header, Body body, Duration timeout) {
        return new CompletableFuture<>();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void whenWritable(Runnable once) {
        once.run();
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void close(String reason) {
        open = false;
    }

    @Override
    public void onClose(Runnable listener) {}

    @Override
    public Executor executor() {
        return Runnable::run;
    }

    @Override
    public void flush() {}

    @Override
    public <T> void attach(Class<T> type, T value) {}

    @Override
    public <T> T attachment(Class<T> type) {
        return null;
    }
}
