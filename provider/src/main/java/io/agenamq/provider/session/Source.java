// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.protocol.command.JmsFailure;
import io.agenamq.provider.client.ClientException;
import io.agenamq.provider.client.ConsumerLink;
import io.agenamq.provider.client.DeliverySink;
import io.agenamq.provider.client.Link;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One consumer at one broker: the flow of messages from there, as seen from here. A consumer has one source for each broker that its
 * destination lives on.
 *
 * <p>Sequence numbers come from the broker, without gaps and in order. {@code acknowledged <= seen <= received}: what lies between
 * acknowledged and seen is with the application, what lies behind seen is in the consumer's buffer or on its way. A release begins a new
 * <em>epoch</em>; what still arrives from the one before is void, because the broker has it back. So does a loss of the connection; then sequence
 * numbers go on if the broker resumes the consumer, and begin anew if it does not.
 *
 * <p>Fields are guarded by the session's lock; links are called outside of it where the order of calls does not matter, inside where it does
 * (they never block).
 */
final class Source implements DeliverySink {

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    final AgenaConsumer consumer;

    private final Inbox inbox;
    private final String broker;
    private final int windowMessages;
    private final int windowBytes;

    /** Sequence numbers of what the application has, if it acknowledges each message by itself; null if it acknowledges all that it has seen. */
    private final @Nullable Set<Long> individually;

    private @Nullable ConsumerLink link;
    private int epoch;
    private int period;
    private long seen;
    private long acknowledged;
    private int takenCount; // not acknowledged; less than the numbers between if some were given back unseen
    private int owedMessages;
    private int owedBytes;
    private boolean granted;
    private boolean lost;
    private boolean seenReturns; // when it is attached again
    private CompletableFuture<Void> returned = DONE; // the answer to the last release of what was seen
    private int lostEpoch = -1; // the last epoch that ended with a connection
    private boolean gone;
    private @Nullable ClientException failure;
    private @Nullable JmsFailure listenerFailure; // the last one, of what is not acknowledged

    Source(
            AgenaConsumer consumer,
            Inbox inbox,
            String broker,
            int windowMessages,
            int windowBytes,
            boolean individually) {
        this.consumer = consumer;
        this.broker = broker;
        this.individually = individually ? new HashSet<>() : null;
        this.inbox = inbox;
        this.windowMessages = windowMessages;
        this.windowBytes = windowBytes;
    }

    @Override
    public void delivered(int deliveryEpoch, long sequence, int deliveryCount, ByteBuffer records, int at, int bytes) {
        inbox.delivered(new Delivery(this, deliveryEpoch, sequence, deliveryCount, records, at, bytes));
    }

    @Override
    public void together(Runnable deliveries) {
        inbox.together(deliveries);
    }

    @Override
    public long lost() {
        return inbox.lost(this);
    }

    @Override
    public void restarted(boolean resumed) {
        inbox.restarted(this, resumed);
    }

    @Override
    public void failed(ClientException why) {
        inbox.failed(this, why);
    }

    /** The name of the broker. */
    String broker() {
        return broker;
    }

    // ---- under the session's lock

    /** Nothing will come from there any more. */
    void fail(ClientException why) {
        failure = why;
    }

    /** Why nothing will come from there any more, null if something may. */
    @Nullable
    ClientException failure() {
        return failure;
    }

    int epoch() {
        return epoch;
    }

    /** Which deliveries sequence numbers up to {@code seen} mean: another period, others, or the broker has them back. */
    int period() {
        return period;
    }

    void attached(ConsumerLink attached) {
        link = attached;
        if (epoch > 0 && !lost) {
            // Lost and attached again before anybody knew of it: the broker is at epoch 0.
            var unused = release(false, false);
        }
    }

    /**
     * The connection is lost: what the application has not seen will come again.
     *
     * @param seenComesBack whether what it has seen and not acknowledged comes back, too; otherwise it keeps that, if the broker resumes the consumer
     * @return the last sequence number that it has seen
     */
    long detachedByLoss(boolean seenComesBack) {
        lost = true;
        lostEpoch = epoch++;
        if (seenComesBack) {
            keepNothing();
            period++;
        }
        // What was to come back, and nobody knows whether the broker heard of it, comes back over the next connection.
        seenReturns |= seenComesBack || !returned.isDone() || returned.isCompletedExceptionally();
        owedMessages = 0;
        owedBytes = 0;
        granted = false;
        return seen;
    }

    /** The application has nothing any more that it could acknowledge. */
    private void keepNothing() {
        acknowledged = seen;
        takenCount = 0;
        if (individually != null) {
            individually.clear();
        }
    }

    /**
     * It is attached again.
     *
     * @param resumed whether the broker goes on where it was
     * @param open whether the window is open from now on
     */
    void attachedAgain(boolean resumed, boolean open) {
        lost = false;
        if (!resumed) {
            listenerFailure = null;
            seen = 0;
            keepNothing();
            period++;
        }
        if (link != null) {
            var unused = release(seenReturns, open);
        }
        seenReturns = false;
    }

    boolean isLost() {
        return lost;
    }

    /** Whether what was delivered in {@code deliveryEpoch} went back to the broker with a connection. */
    boolean wasLostSince(int deliveryEpoch) {
        return deliveryEpoch <= lostEpoch;
    }

    private boolean isUsable() {
        return link != null && !lost && !gone;
    }

    private ConsumerLink link() {
        ConsumerLink attached = link;
        if (attached == null) {
            throw new IllegalStateException("the consumer is not attached");
        }
        return attached;
    }

    /** Whether messages are fetched one by one when they are asked for. */
    boolean isPull() {
        return windowMessages == 0;
    }

    /** Opens the window, if it is not open. */
    void grantWindow() {
        if (!isPull() && !granted && isUsable()) {
            granted = true;
            link().credit(epoch, windowMessages, windowBytes);
        }
    }

    /** Asks for one message, unless that is asked for already. */
    void grantOne() {
        if (!granted && isUsable()) {
            granted = true;
            link().credit(epoch, 1, windowBytes);
        }
    }

    /** The application gets {@code delivery}. */
    void take(Delivery delivery) {
        // Of an epoch that the broker knows: so it has heard of the release that began it.
        returned = DONE;
        seen = delivery.sequence();
        takenCount++;
        if (individually != null) {
            individually.add(seen);
        }
        if (isPull()) {
            granted = false;
        } else {
            owedMessages++;
            owedBytes += delivery.bytes();
        }
    }

    /** The listener of the application threw something; the broker hears of it when that message goes back. */
    void failed(long sequence, Throwable thrown) {
        listenerFailure = JmsFailure.of(sequence, thrown);
    }

    /** Undoes the last {@link #take}. */
    void untake(Delivery delivery) {
        seen = delivery.sequence() - 1;
        takenCount--;
        if (individually != null) {
            individually.remove(delivery.sequence());
        }
        if (!isPull()) {
            owedMessages--;
            owedBytes -= delivery.bytes();
        }
    }

    /** The last message that was taken, in an epoch of before, was not shown to the application. */
    void takenInVain(Delivery delivery) {
        if (lost && seen == delivery.sequence() && hasUnacknowledged()) {
            seen--;
        } else if (hasUnacknowledged()) {
            var unused = release(true, granted);
        }
    }

    boolean isGone() {
        return gone;
    }

    /** Returns credit when half of the window is used up. */
    void returnCredit() {
        if (owedMessages > windowMessages / 2 || owedBytes > windowBytes / 2) {
            link().credit(epoch, takeOwedMessages(), takeOwedBytes());
        }
    }

    private int takeOwedMessages() {
        int owed = owedMessages;
        owedMessages = 0;
        return owed;
    }

    private int takeOwedBytes() {
        int owed = owedBytes;
        owedBytes = 0;
        return owed;
    }

    boolean hasUnacknowledged() {
        return (individually == null ? seen > acknowledged : !individually.isEmpty()) && !gone;
    }

    long unacknowledgedCount() {
        return gone ? 0 : seen - acknowledged;
    }

    /** Acknowledges everything that was seen. */
    CompletableFuture<Void> acknowledgeSeen(boolean durable) {
        long from = acknowledged + 1;
        long to = seen;
        keepNothing();
        return link().acknowledge(from, to, epoch, takeOwedMessages(), takeOwedBytes(), durable);
    }

    /** Everything that was seen, for a transaction that settles it. */
    Link.Settled settleSeen() {
        Link.Settled all = new Link.Settled(link(), acknowledged + 1, seen, takenCount);
        keepNothing();
        return all;
    }

    /** Acknowledges one message; null if that is done already, or the broker has it back. */
    @Nullable
    CompletableFuture<Void> acknowledgeOne(long sequence, boolean durable) {
        if (individually == null || !individually.remove(sequence) || gone) {
            return null;
        }
        return link().acknowledge(sequence, sequence, epoch, takeOwedMessages(), takeOwedBytes(), durable);
    }

    /** The acknowledgement of one message was refused: the application has it still, unless the broker has it back. */
    void acknowledgementOfOneFailed(long sequence, int inPeriod) {
        if (inPeriod == period && individually != null) {
            individually.add(sequence);
        }
    }

    /** An acknowledgement behind {@code before} was refused: what is there is the application's again, unless the broker has it back. */
    void acknowledgementFailed(long before, int inPeriod) {
        if (inPeriod == period) {
            acknowledged = Math.min(acknowledged, before);
        }
    }

    long acknowledged() {
        return acknowledged;
    }

    /**
     * Gives back what is in flight, and what waits in the buffer with it, and begins a new epoch.
     *
     * @param all whether what the application has seen comes back too
     * @param open whether the window is open from now on
     */
    CompletableFuture<Void> release(boolean all, boolean open) {
        epoch++;
        consumer.buffer.removeIf(waiting -> waiting.source() == this);
        JmsFailure cause = all ? listenerFailure : null;
        if (all) {
            listenerFailure = null;
            keepNothing();
            period++;
            seenReturns |= lost;
        }
        owedMessages = 0;
        owedBytes = 0;
        granted = open && !isPull() && isUsable();
        CompletableFuture<Void> answer = gone || lost
                ? DONE
                : link().release(epoch, seen, all, granted ? windowMessages : 0, granted ? windowBytes : 0, cause);
        if (all) {
            returned = answer;
        }
        return answer;
    }

    /** Nobody waits for messages any more: what is on its way, or waits here, goes back, and the window is shut. */
    CompletableFuture<Void> takeBack() {
        boolean waits = consumer.buffer.removeIf(waiting -> waiting.source() == this);
        return granted || waits ? release(false, false) : DONE;
    }

    /** Lets the broker look whether there is anything. */
    CompletableFuture<Void> probe() {
        if (isPull()) {
            boolean asked = granted;
            granted = false;
            return link().probe(epoch, asked ? 0 : 1, windowBytes, true);
        }
        return link().probe(epoch, takeOwedMessages(), takeOwedBytes(), false);
    }

    /** Ends it at the broker. If not {@code all}, what is unacknowledged can still be acknowledged. */
    CompletableFuture<Void> detach(boolean all) {
        epoch++;
        return link().detach(seen, all);
    }

    /** Nothing can be acknowledged any more. */
    void end() {
        gone = true;
    }
}
