// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsDeliveries;
import io.agenamq.protocol.command.JmsDelivery;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.remoting.Connection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A client that only listens: notes what is delivered to it. */
final class FakeConnection implements Connection {

    /** One delivered message as the client sees it. */
    record Delivered(int consumer, int epoch, long sequence, int deliveryNumber, long offset) {}

    private final List<Delivered> delivered = new ArrayList<>();
    private final List<Runnable> whenWritable = new ArrayList<>();
    boolean writable = true;

    /** What runs the tasks of its event loop. */
    Executor executor = Runnable::run;

    /** How many frames came. */
    int frameCount;

    /** What came since the last call. */
    List<Delivered> takeDelivered() {
        List<Delivered> taken = List.copyOf(delivered);
        delivered.clear();
        return taken;
    }

    void becomeWritable() {
        writable = true;
        List<Runnable> waiters = List.copyOf(whenWritable);
        whenWritable.clear();
        waiters.forEach(Runnable::run);
    }

    @Override
    public void push(int code, Header header, Body body) {
        frameCount++;
        JmsDelivery delivery = (JmsDelivery) header;
        List<ByteBuffer> parts = new ArrayList<>();
        body.appendTo(parts);
        ByteBuffer whole = ByteBuffer.allocate(body.length());
        parts.forEach(whole::put);
        whole.flip();
        long[] sequence = {delivery.sequence()};
        JmsDeliveries.forEach(
                whole,
                (number, at, length) -> delivered.add(new Delivered(
                        delivery.consumer(),
                        delivery.epoch(),
                        sequence[0]++,
                        number,
                        MessageRecord.queueOffset(whole, at))));
        body.release();
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void whenWritable(Runnable once) {
        whenWritable.add(once);
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public InetSocketAddress localAddress() {
        return remoteAddress();
    }

    @Override
    public CompletableFuture<Frame> call(int code, Header header, Body body, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void close(String reason) {}

    @Override
    public void onClose(Runnable listener) {}

    @Override
    public Executor executor() {
        return executor;
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
