// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.client.ConsumerLink;
import io.agenamq.provider.client.DeliverySink;
import io.agenamq.provider.client.Link;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One consumer at one broker: the flow of messages from there, as seen from here. A consumer has one source for each broker that its
 * destination lives on.
 *
 * <p>Sequence numbers come from the broker, without gaps and in order. {@code acknowledged <= seen <= received}: what lies between
 * acknowledged and seen is with the application, what lies behind seen is in the consumer's buffer or on its way. A release begins a new
 * <em>epoch</em>; what still arrives from the one before is void, because the broker has it back. So does a loss of the connection: the broker
 * counts anew from 1, and epochs go on, so that nothing of before can be taken for something of now.
 *
 * <p>Fields are guarded by the session's lock; links are called outside of it where the order of calls does not matter, inside where it does
 * (they never block).
 */
final class Source implements DeliverySink {

    final AgenaConsumer consumer;

    private final Inbox inbox;
    private final int windowMessages;
    private final int windowBytes;

    private @Nullable ConsumerLink link;
    private int epoch;
    private long seen;
    private long acknowledged;
    private int takenCount; // not acknowledged; less than the numbers between if some were given back unseen
    private int owedMessages;
    private int owedBytes;
    private boolean granted;
    private boolean lost;
    private int lostEpoch = -1; // the last epoch that ended with a connection
    private boolean gone;

    Source(AgenaConsumer consumer, Inbox inbox, int windowMessages, int windowBytes) {
        this.consumer = consumer;
        this.inbox = inbox;
        this.windowMessages = windowMessages;
        this.windowBytes = windowBytes;
    }

    @Override
    public void delivered(int deliveryEpoch, long sequence, int deliveryCount, ByteBuffer records, int at, int bytes) {
        inbox.delivered(new Delivery(this, deliveryEpoch, sequence, deliveryCount, records, at, bytes));
    }

    @Override
    public void lost() {
        inbox.lost(this);
    }

    @Override
    public void restarted() {
        inbox.restarted(this);
    }

    // ---- under the session's lock

    int epoch() {
        return epoch;
    }

    void attached(ConsumerLink attached) {
        link = attached;
        if (epoch > 0 && !lost) {
            // Lost and attached again before anybody knew of it.
            tellEpoch(false);
        }
    }

    /** The connection is lost: the broker has everything back. */
    void detachedByLoss() {
        lost = true;
        lostEpoch = epoch++;
        seen = 0;
        allAcknowledged();
        owedMessages = 0;
        owedBytes = 0;
        granted = false;
    }

    /**
     * It is attached again.
     *
     * @param open whether the window is open from now on
     */
    void attachedAgain(boolean open) {
        lost = false;
        if (link != null) {
            tellEpoch(open);
        }
    }

    /** A new attachment begins with epoch 0 and without credit; a release takes both to where they are here. */
    private void tellEpoch(boolean open) {
        var unused = release(false, open);
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
        seen = delivery.sequence();
        takenCount++;
        if (isPull()) {
            granted = false;
        } else {
            owedMessages++;
            owedBytes += delivery.bytes();
        }
    }

    /** Undoes the last {@link #take}. */
    void untake(Delivery delivery) {
        seen = delivery.sequence() - 1;
        takenCount--;
        if (!isPull()) {
            owedMessages--;
            owedBytes -= delivery.bytes();
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
        return seen > acknowledged && !gone;
    }

    long unacknowledgedCount() {
        return gone ? 0 : seen - acknowledged;
    }

    /** Acknowledges everything that was seen; {@code onAnswer} is for the caller. */
    CompletableFuture<Void> acknowledgeSeen(boolean durable) {
        long from = acknowledged + 1;
        long to = seen;
        allAcknowledged();
        return link().acknowledge(from, to, epoch, takeOwedMessages(), takeOwedBytes(), durable);
    }

    /** Everything that was seen, for a transaction that settles it. */
    Link.Settled settleSeen() {
        Link.Settled all = new Link.Settled(link(), acknowledged + 1, seen, takenCount);
        allAcknowledged();
        return all;
    }

    private void allAcknowledged() {
        acknowledged = seen;
        takenCount = 0;
    }

    /** The same without waiting for an answer. */
    void acknowledgeSeenLater() {
        if (hasUnacknowledged()) {
            link().acknowledgeLater(acknowledged + 1, seen, epoch, takeOwedMessages(), takeOwedBytes());
            allAcknowledged();
        }
    }

    /** An acknowledgement behind {@code before} was refused: what is there is the application's again, unless the broker has it back. */
    void acknowledgementFailed(long before, int inEpoch) {
        if (inEpoch == epoch) {
            acknowledged = Math.min(acknowledged, before);
        }
    }

    long acknowledged() {
        return acknowledged;
    }

    /**
     * Gives back what is in flight and begins a new epoch; the buffer must be cleared with it.
     *
     * @param all whether what the application has seen comes back too
     * @param open whether the window is open from now on
     */
    CompletableFuture<Void> release(boolean all, boolean open) {
        epoch++;
        if (all) {
            allAcknowledged();
        }
        owedMessages = 0;
        owedBytes = 0;
        granted = open && !isPull() && isUsable();
        return gone || lost
                ? CompletableFuture.completedFuture(null)
                : link().release(epoch, seen, all, granted ? windowMessages : 0, granted ? windowBytes : 0);
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
