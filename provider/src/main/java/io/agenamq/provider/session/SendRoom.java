// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds what the sessions of one connection have sent to one broker and is not answered. Without it an application that sends without waiting fills the memory faster
 * than the network empties it, until the connection is closed as one that does not take what is written to it, and everything on its way is in doubt.
 *
 * <p>Any thread; who waits here holds no lock. Every answer comes, or fails, in bounded time, and makes room.
 */
final class SendRoom {

    /** Less than what closes a connection, and more than a network has on its way. */
    static final int BYTES_MAX = 16 * 1024 * 1024;

    /** What a message takes besides its body and properties; so it bounds their number as well, below that of unanswered calls. */
    static final int BYTES_PER_MESSAGE = 512;

    private static final int LOOK_SECONDS = 1;

    private final AtomicLong taken = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Takes room for a message of so many bytes; waits until there is some. One that is alone has room, however large it is. */
    void enter(int bytes) throws JMSException {
        if (tryEnter(bytes)) {
            return;
        }
        lock.lock();
        waiting.incrementAndGet();
        try {
            while (!tryEnter(bytes)) {
                boolean unused = freed.await(LOOK_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failures.withCause(
                    new JMSException("interrupted while earlier messages were on their way; the message was not sent"),
                    interrupted);
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    private boolean tryEnter(int bytes) {
        long present = taken.get();
        while (present == 0 || present + bytes <= BYTES_MAX) {
            if (taken.compareAndSet(present, present + bytes)) {
                return true;
            }
            present = taken.get();
        }
        return false;
    }

    /** A message of so many bytes is answered. */
    void leave(int bytes) {
        taken.addAndGet(-bytes);
        if (waiting.get() > 0) {
            lock.lock();
            try {
                freed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
