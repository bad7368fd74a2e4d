// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsAttachment;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsDelivery;
import io.agenamq.remoting.Connection;
import io.agenamq.store.log.RecordSlice;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of a client: its credit, and what it has in flight.
 *
 * <p>A consumer whose application has closed it while deliveries are not acknowledged stays {@linkplain #detach detached}: it gets nothing
 * more, but what it has can still be acknowledged or given back (Jakarta Messaging 3.1 §8.8). Owned by the destination; only the final fields
 * may be read by others.
 */
final class AttachedConsumer {

    /** A frame is closed when it has grown to this. */
    private static final int FRAME_BYTES_MAX = 256 * 1024;

    final int id;
    final Connection connection;
    final Destination destination;
    final Subscription subscription;
    final Lane lane;

    /** The named subscription that it uses, if that is one. */
    final @Nullable UsedSubscription used;

    /** Who it is over all its connections, null if it does not come again. */
    final @Nullable JmsAttachment attachment;

    /** What is being noted about it. */
    final DeliveryNotes.Growing growingNote = new DeliveryNotes.Growing();

    /** Which life of its subscription its deliveries belong to. */
    int generation;

    private InFlight inFlight = new InFlight();
    private final List<RecordsBody> frames = new ArrayList<>();
    private long firstUnsent = 1;
    private int epoch;
    private int messageCredit;
    private long byteCredit;
    private boolean detached;
    private boolean awaitsWritable;
    private boolean forgotten;
    private String who;

    AttachedConsumer(
            int id,
            Connection connection,
            Destination destination,
            Subscription subscription,
            Lane lane,
            @Nullable UsedSubscription used) {
        this(id, connection, destination, subscription, lane, used, null);
    }

    AttachedConsumer(
            int id,
            Connection connection,
            Destination destination,
            Subscription subscription,
            Lane lane,
            @Nullable UsedSubscription used,
            @Nullable JmsAttachment attachment) {
        this.id = id;
        this.connection = connection;
        this.destination = destination;
        this.subscription = subscription;
        this.lane = lane;
        this.used = used;
        this.attachment = attachment;
        this.generation = subscription.generation();
        this.who = who(null);
    }

    /** Who it is, for operators. */
    String who() {
        return who;
    }

    /** The client identifier of its connection is known. */
    void setClientId(@Nullable String clientId) {
        who = who(clientId);
    }

    private String who(@Nullable String clientId) {
        InetSocketAddress address = connection.remoteAddress();
        return "consumer " + id + " of " + (clientId == null ? "" : "client '" + clientId + "' at ")
                + (address.isUnresolved() ? "?" : address.getAddress().getHostAddress()) + ":" + address.getPort();
    }

    /**
     * The same consumer over another connection: what is in flight goes with it, under the same sequence numbers, and nothing that arrives over this
     * connection has any effect. It has no credit.
     */
    AttachedConsumer resumedAs(int nextId, Connection next, JmsAttachment as) {
        AttachedConsumer resumed = new AttachedConsumer(nextId, next, destination, subscription, lane, used, as);
        resumed.inFlight = inFlight;
        resumed.generation = generation;
        resumed.firstUnsent = firstUnsent;
        resumed.epoch = epoch;
        inFlight = new InFlight();
        detach();
        forgotten = true;
        return resumed;
    }

    InFlight inFlight() {
        return inFlight;
    }

    int epoch() {
        return epoch;
    }

    boolean isDetached() {
        return detached;
    }

    void detach() {
        detached = true;
        messageCredit = 0;
    }

    /** Whether nothing will ever be asked about this consumer again. */
    boolean isDone() {
        return detached && inFlight.isEmpty();
    }

    /** Marks it as forgotten; false if it was already. */
    boolean forget() {
        boolean first = !forgotten;
        forgotten = true;
        return first;
    }

    /** Whether nobody will ask about it, because it has ended or goes on as another. */
    boolean isForgotten() {
        return forgotten;
    }

    /** Adds credit; what belongs to an epoch that is over is void. */
    void addCredit(int creditEpoch, int messages, int bytes) {
        if (creditEpoch == epoch && !detached && messages >= 0 && bytes >= 0) {
            messageCredit = (int) Math.min(Integer.MAX_VALUE, (long) messageCredit + messages);
            byteCredit += bytes;
        }
    }

    /** Begins a new epoch with exactly this credit. */
    void restart(int newEpoch, int messages, int bytes) {
        epoch = newEpoch;
        if (!detached) {
            messageCredit = Math.max(0, messages);
            byteCredit = Math.max(0, bytes);
        }
    }

    void dropCredit() {
        messageCredit = 0;
        byteCredit = 0;
    }

    /** Why it gets nothing at present, for operators; null if it would take something. */
    @Nullable
    String obstacle() {
        if (inFlight.isFull()) {
            return "it has more in flight than is allowed";
        } else if (!connection.isOpen()) {
            return "its connection is lost";
        } else if (messageCredit <= 0 || byteCredit <= 0) {
            return inFlight.isEmpty()
                    ? "it asks for nothing: stopped, or nobody receives"
                    : "it asks for no more: it has " + inFlight.count() + " messages";
        }
        return connection.isWritable() ? null : "its connection does not keep up";
    }

    /** Whether one more message may be delivered now. A connection that does not keep up is asked again when it does. */
    boolean canTake() {
        if (messageCredit <= 0 || byteCredit <= 0 || inFlight.isFull()) {
            return false;
        }
        if (connection.isWritable()) {
            return true;
        }
        if (connection.isOpen() && !awaitsWritable) {
            awaitsWritable = true;
            connection.whenWritable(() -> {
                destination.postAlways(() -> {
                    awaitsWritable = false;
                    destination.stir(subscription);
                });
                destination.work();
            });
        }
        return false;
    }

    /** Whether nothing but its connection, which does not keep up, keeps it from taking more. */
    boolean isHeldUp() {
        return messageCredit > 0
                && byteCredit > 0
                && !inFlight.isFull()
                && connection.isOpen()
                && !connection.isWritable();
    }

    /** Takes over a record for delivery; it leaves with {@link #send}. */
    void deliver(int window, long offset, RecordSlice slice, int deliveryNumber) {
        inFlight.add(InFlight.entry(window, offset));
        messageCredit--;
        byteCredit -= slice.size();
        RecordsBody frame = frames.isEmpty() ? null : frames.get(frames.size() - 1);
        if (frame == null || frame.length() >= FRAME_BYTES_MAX) {
            frame = new RecordsBody();
            frames.add(frame);
        }
        frame.add(slice, deliveryNumber);
    }

    /** Whether deliveries of this turn are to be sent. */
    boolean hasFrames() {
        return !frames.isEmpty();
    }

    /** Sends what was delivered since the last call. */
    void send() {
        for (RecordsBody frame : frames) {
            connection.push(JmsCode.DELIVER, new JmsDelivery(id, epoch, firstUnsent, frame.count()), frame);
            firstUnsent += frame.count();
        }
        frames.clear();
    }
}
