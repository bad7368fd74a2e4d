// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.agenamq.protocol.frame.Frame;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;

/**
 * The calls of one connection that wait for their answer, by opaque number. Event loop only, except that a future may be completed by
 * anybody (a caller that cancels); the entry then goes when its time is up. Time is {@link System#nanoTime}-like and comes as an argument.
 */
final class PendingCalls {

    /** More calls at one time than this are refused: the peer is not answering, and each holds memory. */
    static final int COUNT_MAX = 65_536;

    private record Call(CompletableFuture<Frame> answer, long deadlineNanos) {}

    private final IntObjectHashMap<Call> calls = new IntObjectHashMap<>();
    private int lastOpaque;

    int count() {
        return calls.size();
    }

    boolean isFull() {
        return calls.size() >= COUNT_MAX;
    }

    /** Registers a call; returns its opaque number. */
    int add(CompletableFuture<Frame> answer, long deadlineNanos) {
        do {
            lastOpaque++;
        } while (calls.containsKey(lastOpaque));
        calls.put(lastOpaque, new Call(answer, deadlineNanos));
        return lastOpaque;
    }

    /** Completes the call that a response answers; false if nobody waits for it (any more). The frame must be detached. */
    boolean complete(Frame response) {
        Call call = calls.remove(response.opaque());
        return call != null && call.answer.complete(response);
    }

    /** Whether somebody waits for this number. */
    boolean isAwaited(int opaque) {
        return calls.containsKey(opaque);
    }

    /**
     * Fails the calls whose time is up.
     *
     * @return nanoseconds until the next one's, or -1 if no call is left
     */
    long expire(long nowNanos, String peer) {
        long nextNanos = -1;
        Iterator<IntObjectMap.PrimitiveEntry<Call>> entries = calls.entries().iterator();
        while (entries.hasNext()) {
            Call call = entries.next().value();
            long left = call.deadlineNanos - nowNanos;
            if (left <= 0 || call.answer.isDone()) {
                entries.remove();
                call.answer.completeExceptionally(new RemotingException(
                        RemotingException.Reason.TIMED_OUT, "no answer from " + peer + " in time", null));
            } else if (nextNanos < 0 || left < nextNanos) {
                nextNanos = left;
            }
        }
        return nextNanos;
    }

    /** Fails all calls. */
    void failAll(RemotingException failure) {
        Call[] left = calls.values().toArray(new Call[0]);
        calls.clear();
        for (Call call : left) {
            call.answer.completeExceptionally(failure);
        }
    }
}
