// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.log;

import io.agenamq.protocol.record.MessageDraft;
import io.agenamq.protocol.record.MessageRecord;
import io.agenamq.store.disk.FileDisk;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * A process that appends numbered messages for ever, in batches of one to five, and writes the number of each to its standard output when it is
 * durable. At its start it checks what it finds: the numbers from 0 on, each once, in order, in whole batches; and says how many.
 */
final class AppendingProcess implements LogListener, OffsetAssigner {

    static final LogConfig CONFIG =
            LogConfig.defaults().withSegmentBytes(128 * 1024).withFlushInterval(Duration.ofMillis(50));

    private static final int UNANSWERED_MAX = 40;
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    /** Not System.out: what is written must be in the pipe at once. */
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    private final Semaphore unanswered = new Semaphore(UNANSWERED_MAX);
    private int found;
    private int expectedInBatch;
    private long reserved;

    private AppendingProcess() {}

    /** Takes the directory. Only SIGKILL ends it, or a broken promise. */
    public static void main(String[] arguments) throws Exception {
        new AppendingProcess().run(Path.of(arguments[0]));
    }

    /** Checks a log and returns how many messages it holds. */
    static int check(CommitLog log) throws IOException {
        AppendingProcess checker = new AppendingProcess();
        long end = log.replay(0, checker);
        if (end != log.writtenPosition()) {
            throw new IllegalStateException("replay stopped at " + end + ": " + log.state());
        }
        return checker.found;
    }

    private void run(Path directory) throws Exception {
        FileDisk disk = FileDisk.at(directory);
        disk.lock();
        CommitLog log = CommitLog.open(CONFIG, disk, InstantSource.system(), AppendingProcess::bug);
        found = check(log);
        reserved = found;
        say("found " + found);
        log.serve(this, this, appended -> {});
        log.start();
        Housekeeper housekeeper =
                new Housekeeper(Duration.ofMillis(20), List.of(log::housekeepOnce), AppendingProcess::bug);
        log.onHousekeepingWanted(housekeeper::wake);
        housekeeper.start();
        appendForEver(log);
    }

    private void appendForEver(CommitLog log) throws Exception {
        MessageBatch batch = log.newBatch();
        int next = found;
        while (true) {
            unanswered.acquire();
            batch.clear();
            int count = 1 + next % 5;
            for (int i = 0; i < count; i++) {
                String text = next++ + " " + i + " " + count + " " + "x".repeat(next * 7 % 500);
                batch.add(new MessageDraft("t", 0, 0, 0, 0, HERE, 0, 0, ByteBuffer.allocate(0), utf8(text)));
            }
            log.append(batch);
            int last = next - 1;
            log.whenDurable(batch.endPosition(), new PositionWaiter() {
                @Override
                public void durable(long durablePosition) {
                    say("durable " + last);
                    unanswered.release();
                }

                @Override
                public void failed(String reason) {
                    bug(reason, new IllegalStateException(reason));
                }
            });
        }
    }

    @Override
    public void message(String topic, long position, int size, ByteBuffer buffer, int at) {
        byte[] body = new byte[MessageRecord.bodyLength(buffer, at)];
        buffer.get(MessageRecord.bodyStart(buffer, at), body);
        String[] words = new String(body, StandardCharsets.UTF_8).split(" ");
        int count = Integer.parseInt(words[2]);
        if (Integer.parseInt(words[0]) != found
                || Integer.parseInt(words[1]) != expectedInBatch
                || MessageRecord.queueOffset(buffer, at) != found
                || (words.length > 3 ? words[3].length() : 0) != (found + 1) * 7 % 500) {
            throw new IllegalStateException("message " + found + " is " + String.join(" ", words));
        }
        found++;
        expectedInBatch = (expectedInBatch + 1) % count;
    }

    @Override
    public void control(ControlType type, long position, ByteBuffer payload) {
        throw new IllegalStateException("a control record that nobody wrote");
    }

    @Override
    public void batchEnd(long endPosition) {
        if (expectedInBatch != 0) {
            throw new IllegalStateException("a batch ends after its record " + expectedInBatch);
        }
    }

    @Override
    public long reserve(String topic, int queueId) {
        return reserved++;
    }

    @Override
    public void release(String topic, int queueId) {
        reserved--;
    }

    private void say(String line) {
        try {
            out.write(utf8(line + "\n").array());
        } catch (IOException e) {
            bug("cannot speak", e);
        }
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bug(String what, Throwable cause) {
        System.err.println(what);
        cause.printStackTrace();
        Runtime.getRuntime().halt(1);
    }
}
