// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.protocol.record.SysFlag;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records that are appended together: all of them are stored, or none. Drafts are encoded into the batch's own direct memory when they are
 * added, which is the only copy of a body between the network and the page cache.
 *
 * <p>Life: {@link #add} as often as wanted → {@link CommitLog#append} → ask for positions and offsets → {@link #clear} → again. A batch belongs
 * to one thread and is meant to be kept by it: after the first use nothing is allocated.
 */
public final class MessageBatch {

    /** What {@link #add} answers if there is no more room: append what there is, clear, and add again. */
    public static final int FULL = -1;

    /** Memory that a batch keeps when it is cleared; more than that was for one large batch only. */
    private static final int KEPT_BYTES_MAX = 1024 * 1024;

    private static final int FIRST_BYTES = 16 * 1024;
    private static final int FIRST_RECORDS = 64;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final CommitLog log;
    private final int bytesMax;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_BYTES);
    /** Where the next record starts in the buffer. */
    private int end = BatchHeader.BYTES;

    private int count;
    private int[] starts = new int[FIRST_RECORDS];
    private String[] topics = new String[FIRST_RECORDS];
    private @Nullable ControlType[] controls = new ControlType[FIRST_RECORDS];
    private int controlCount;
    /** The messages in it are not new. */
    private boolean moving;
    /** The messages in it go into no queue. */
    private boolean hiding;
    /** What its control records publish. */
    private final List<Publishing> publishing = new ArrayList<>(1);

    /** The record at {@code index} publishes. */
    private record Publishing(Publication publication, int index) {}

    /** Where the batch starts in the log; -1 while it is not appended. */
    private long position = -1;

    private long storeTimestamp;

    MessageBatch(CommitLog log, int bytesMax) {
        this.log = log;
        this.bytesMax = bytesMax;
    }

    /**
     * Adds a message. One whose transaction bits say "prepared" is a half message: it is stored, and in no queue.
     *
     * @return the index of the record in this batch, or {@link #FULL}, and then nothing has changed
     * @throws IllegalArgumentException if the draft can never be stored: see {@link MessageRecord#encode}; also a topic of the system,
     *     a negative queue id, or a message larger than the largest batch. Nothing has changed.
     */
    public int add(MessageDraft draft) {
        if (draft.topic().startsWith(ControlType.TOPIC_PREFIX)) {
            throw new IllegalArgumentException("topic '" + draft.topic() + "' belongs to the system");
        }
        if (draft.queueId() < 0) {
            throw new IllegalArgumentException("queue id " + draft.queueId() + " is negative");
        }
        return add(draft, null);
    }

    /**
     * Adds a control record.
     *
     * @param payload read from position to limit, which stay as they are
     * @return see {@link #add}
     */
    public int addControl(ControlType type, ByteBuffer payload) {
        return addControl(type, payload, log.storeHost());
    }

    /**
     * The same for a record that is written because of what one connection asks for.
     *
     * @param onBehalfOf the connection's remote address, for those who want to know later
     */
    public int addControl(ControlType type, ByteBuffer payload, InetSocketAddress onBehalfOf) {
        return add(new MessageDraft(type.topic(), 0, type.code(), 0, 0, onBehalfOf, 0, 0, NOTHING, payload), type);
    }

    /**
     * Makes this empty batch one that moves messages: a control record says so, and {@link #addMoved} follows. Such a batch takes no offsets.
     *
     * @param payload see {@link #addControl}
     */
    public void beginMove(ByteBuffer payload) {
        if (count > 0) {
            throw new IllegalStateException("the batch is not empty");
        }
        addControl(ControlType.MESSAGES_MOVED, payload);
        moving = true;
    }

    /**
     * Adds a message that stands elsewhere in the log: all of it stays as it is but its position. Only after {@link #beginMove}.
     *
     * @param record a whole, sound record from index 0 to its capacity
     * @return see {@link #add}
     */
    public int addMoved(String topic, ByteBuffer record) {
        if (!moving || position >= 0) {
            throw new IllegalStateException("the batch does not move messages, or is appended already");
        }
        int bytes = record.capacity();
        if (bytes > bytesMax - end || count == BatchHeader.RECORDS_MAX) {
            return FULL;
        }
        reserve(bytes);
        buffer.put(end, record, 0, bytes);
        starts[count] = end;
        topics[count] = topic;
        end += bytes;
        return count++;
    }

    /**
     * Makes this empty batch one that hides messages: a control record says so, and {@link #add} and {@link #addFrom} follow. Such a batch takes
     * no offsets.
     *
     * @param payload see {@link #addControl}
     */
    public void beginHiding(ByteBuffer payload) {
        if (count > 0) {
            throw new IllegalStateException("the batch is not empty");
        }
        addControl(ControlType.MESSAGES_HIDDEN, payload);
        hiding = true;
    }

    /**
     * Adds all messages of a batch that is not appended.
     *
     * @return false if they do not fit; nothing has changed then
     */
    public boolean addFrom(MessageBatch other) {
        if (position >= 0 || moving || other.position >= 0 || other.moving || other.hiding || other.controlCount > 0) {
            throw new IllegalStateException("a batch is appended already, moves messages, or has control records");
        }
        int bytes = other.end - BatchHeader.BYTES;
        if (bytes > bytesMax - end || other.count > BatchHeader.RECORDS_MAX - count) {
            return false;
        }
        addRecords(other, 0, other.count - 1);
        return true;
    }

    /**
     * Adds the control record that publishes hidden messages. A batch may have several, for several transactions or parts of one.
     *
     * @return see {@link #add}
     */
    public int addPublication(Publication publishes) {
        int index = addControl(ControlType.MESSAGES_PUBLISHED, publishes.payload());
        if (index != FULL) {
            int bodyStart = MessageRecord.bodyStart(buffer, starts[index]);
            buffer.putInt(bodyStart, bodyStart - starts[index]);
            publishing.add(new Publishing(publishes, index));
        }
        return index;
    }

    private int add(MessageDraft draft, @Nullable ControlType control) {
        if (position >= 0) {
            throw new IllegalStateException("the batch is appended already; clear it first");
        }
        if (moving) {
            throw new IllegalStateException("the batch moves messages; clear it first");
        }
        int bytes = MessageRecord.bytesMax(draft);
        if (bytes > bytesMax - BatchHeader.BYTES) {
            throw new IllegalArgumentException("record of " + bytes + " bytes; a batch has at most " + bytesMax);
        }
        if (bytes > bytesMax - end || count == BatchHeader.RECORDS_MAX) {
            return FULL;
        }
        reserve(bytes);
        int length = MessageRecord.encode(draft, log.storeHost(), buffer, end);
        starts[count] = end;
        topics[count] = draft.topic();
        controls[count] = control;
        if (control != null) {
            controlCount++;
        }
        end += length;
        return count++;
    }

    /**
     * Becomes a batch of some of the records of {@code other}, which belongs to the same log and is not appended: how a refused batch is taken
     * apart. What was in this one is forgotten.
     */
    public void copyFrom(MessageBatch other, int firstIndex, int recordCount) {
        if (other.position >= 0 || other.moving || other.hiding || other.publishes()) {
            throw new IllegalStateException("the other batch is appended already, moves, hides or publishes messages");
        }
        clear();
        addRecords(other, firstIndex, other.checked(firstIndex + recordCount - 1));
    }

    private void addRecords(MessageBatch other, int firstIndex, int lastIndex) {
        int from = other.starts[other.checked(firstIndex)];
        int bytes = (lastIndex + 1 < other.count ? other.starts[lastIndex + 1] : other.end) - from;
        for (int i = firstIndex; i <= lastIndex; i++) {
            int start = end + other.starts[i] - from;
            reserve(start + other.size(i) - end);
            starts[count] = start;
            topics[count] = other.topics[i];
            controls[count] = other.controls[i];
            controlCount += other.isControl(i) ? 1 : 0;
            count++;
        }
        buffer.put(end, other.buffer, from, bytes);
        end += bytes;
    }

    private void reserve(int bytes) {
        // An append leaves the limit at the end of what it wrote.
        buffer.clear();
        if (buffer.capacity() - end < bytes) {
            int wanted = Math.max(end + bytes, (int) Math.min(bytesMax, 2L * buffer.capacity()));
            ByteBuffer larger = ByteBuffer.allocateDirect(wanted);
            larger.put(0, buffer, 0, end);
            buffer = larger;
        }
        if (count == starts.length) {
            int larger = 2 * count;
            starts = Arrays.copyOf(starts, larger);
            topics = Arrays.copyOf(topics, larger);
            controls = Arrays.copyOf(controls, larger);
        }
    }

    /** Forgets the records from index {@code newCount} on, which are not to be appended after all. */
    public void truncate(int newCount) {
        if (position >= 0) {
            throw new IllegalStateException("the batch is appended already");
        }
        if (newCount < 0 || newCount > count) {
            throw new IndexOutOfBoundsException("record " + newCount + " of a batch of " + count);
        }
        while (count > newCount) {
            count--;
            end = starts[count];
            topics[count] = "";
            if (controls[count] != null) {
                controls[count] = null;
                controlCount--;
            }
        }
        publishing.removeIf(each -> each.index >= newCount);
    }

    /** Number of records. */
    public int count() {
        return count;
    }

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** Bytes that the batch takes in the log, its header included. */
    public int bytes() {
        return end;
    }

    /** Topic of record {@code i}. */
    public String topic(int i) {
        return topics[checked(i)];
    }

    /** Queue id of record {@code i}. */
    public int queueId(int i) {
        return MessageRecord.queueId(buffer, starts[checked(i)]);
    }

    /** Whether record {@code i} is a control record. */
    public boolean isControl(int i) {
        return controls[checked(i)] != null;
    }

    /** Whether the messages in it stood somewhere else before. */
    public boolean movesMessages() {
        return moving;
    }

    /** Whether the messages in it go into no queue. */
    public boolean hidesMessages() {
        return hiding;
    }

    /** Whether it publishes hidden messages. */
    public boolean publishes() {
        return !publishing.isEmpty();
    }

    /** The queues that what it publishes belongs to; one may occur several times. */
    public List<Publication.Queue> publishedQueues() {
        return publishing.stream()
                .flatMap(each -> each.publication.queues().stream())
                .toList();
    }

    /** Length of record {@code i}. */
    public int size(int i) {
        return MessageRecord.length(buffer, starts[checked(i)]);
    }

    /** Position of record {@code i} in the log. */
    public long position(int i) {
        return appended() + starts[checked(i)];
    }

    /** Queue offset of record {@code i}; 0 for control records; of a half message its identity, which is its position. */
    public long queueOffset(int i) {
        appended();
        return MessageRecord.queueOffset(buffer, starts[checked(i)]);
    }

    /** Where the log went on behind this batch: durable up to here means durable as a whole. */
    public long endPosition() {
        return appended() + end;
    }

    /** Store timestamp of all its records, in milliseconds. */
    public long storeTimestamp() {
        appended();
        return storeTimestamp;
    }

    /** Forgets all records. */
    public void clear() {
        Arrays.fill(topics, 0, count, "");
        Arrays.fill(controls, 0, count, null);
        count = 0;
        controlCount = 0;
        moving = false;
        hiding = false;
        publishing.clear();
        end = BatchHeader.BYTES;
        position = -1;
        if (buffer.capacity() > KEPT_BYTES_MAX) {
            buffer = ByteBuffer.allocateDirect(FIRST_BYTES);
        }
    }

    // What follows is for the log, under the append lock.

    boolean isAppended() {
        return position >= 0;
    }

    /** Whether the store itself needs this batch, so that it may be stored when the messages of others are refused. */
    boolean isOfTheStore() {
        return moving || (controlCount == count && !publishes());
    }

    /** Whether record {@code i} gets the next offset of its queue. */
    boolean takesOffset(int i) {
        return controls[i] == null && !moving && !hiding && !isPrepared(i);
    }

    /** Whether record {@code i} is a half message: it goes into no queue, and its place is its identity. */
    public boolean isHalf(int i) {
        return controls[checked(i)] == null && !moving && !hiding && isPrepared(i);
    }

    private boolean isPrepared(int i) {
        return SysFlag.transaction(MessageRecord.sysFlag(buffer, starts[i])) == SysFlag.TRANSACTION_PREPARED;
    }

    /** Whether record {@code i} publishes. */
    boolean publishes(int i) {
        return publicationAt(i) != null;
    }

    private @Nullable Publication publicationAt(int i) {
        for (Publishing each : publishing) {
            if (each.index == i) {
                return each.publication;
            }
        }
        return null;
    }

    /** Gives what record {@code i} publishes its offsets; answers the queue that does not exist, and then nothing is reserved. */
    Publication.@Nullable Queue reservePublished(int i, OffsetAssigner offsets, long timestamp) {
        Publication publishes = publicationAt(i);
        if (publishes == null) {
            return null;
        }
        int start = starts[i];
        Publication.Queue unknown =
                publishes.reserve(offsets, buffer, MessageRecord.bodyStart(buffer, start), timestamp);
        MessageRecord.sealBody(buffer, start);
        return unknown;
    }

    /** Gives the offsets back of what record {@code i} publishes. */
    void releasePublished(int i, OffsetAssigner offsets) {
        Publication publishes = publicationAt(i);
        if (publishes != null) {
            publishes.release(offsets);
        }
    }

    @Nullable
    ControlType control(int i) {
        return controls[i];
    }

    int start(int i) {
        return starts[i];
    }

    /** The encoded batch, position 0, limit at its end. */
    ByteBuffer encoded() {
        return buffer.clear().limit(end);
    }

    void assign(int i, long queueOffset, long batchPosition, long timestamp) {
        MessageRecord.assign(buffer, starts[i], queueOffset, batchPosition + starts[i], timestamp);
    }

    void move(int i, long batchPosition) {
        MessageRecord.move(buffer, starts[i], batchPosition + starts[i]);
    }

    void appendedAt(long batchPosition, long timestamp) {
        position = batchPosition;
        storeTimestamp = timestamp;
    }

    private long appended() {
        if (position < 0) {
            throw new IllegalStateException("the batch is not appended");
        }
        return position;
    }

    private int checked(int i) {
        if (i < 0 || i >= count) {
            throw new IndexOutOfBoundsException("record " + i + " of a batch of " + count);
        }
        return i;
    }
}
