// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.MQAdmin;
import org.apache.rocketmq.client.hook.SendMessageContext;
import org.apache.rocketmq.client.hook.SendMessageHook;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Threads of one producer of transactional messages, each of which sends a half message, waits for the answer, commits without waiting, as the client does
 * it, and begins again. The measurement ends when all that was committed can be seen, so that no server gains by putting commits off. The log's growth is
 * that from the first half message to the last one.
 */
final class TransactionLoad implements Load {

    /** What is not seen by then is lost. */
    private static final long SEEN_TIMEOUT_NANOS = 60_000_000_000L;

    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong firstPosition = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong lastPosition = new AtomicLong();
    private volatile boolean measuring;
    private volatile boolean ended;

    @Override
    public void run(Plan plan, Meter meter) throws Exception {
        TransactionMQProducer producer = producer(plan);
        watchPositions(producer);
        Clients.awaitTopic(producer, plan.topic(), Clients.QUEUE_COUNT);
        long before = seen(producer, plan.topic());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < plan.threads(); i++) {
            var thread = new Thread(() -> send(plan, meter, producer), "bench-transaction-" + i);
            threads.add(thread);
            thread.start();
        }
        Clients.pause(plan.warmup().toMillis());
        meter.begin();
        measuring = true;
        long deadline = System.nanoTime() + plan.measured().toNanos();
        while (System.nanoTime() < deadline && committed.get() < plan.countMax()) {
            Clients.pause(10);
        }
        ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
        long giveUp = System.nanoTime() + SEEN_TIMEOUT_NANOS;
        while (seen(producer, plan.topic()) - before < committed.get() && System.nanoTime() < giveUp) {
            Clients.pause(2);
        }
        for (long missing = committed.get() - (seen(producer, plan.topic()) - before); missing > 0; missing--) {
            meter.failed();
        }
        meter.logBytes(lastPosition.get() - firstPosition.get());
        meter.end();
    }

    private static TransactionMQProducer producer(Plan plan) throws Exception {
        var producer = new TransactionMQProducer("bench-transaction");
        producer.setTransactionListener(new TransactionListener() {
            @Override
            public LocalTransactionState executeLocalTransaction(Message message, Object argument) {
                return LocalTransactionState.COMMIT_MESSAGE;
            }

            @Override
            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                return LocalTransactionState.COMMIT_MESSAGE;
            }
        });
        producer.setNamesrvAddr(plan.nameServers());
        producer.setInstanceName("transaction");
        producer.setRetryTimesWhenSendFailed(0);
        producer.setSendMsgTimeout(10_000);
        producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
        producer.start();
        return producer;
    }

    private void send(Plan plan, Meter meter, TransactionMQProducer producer) {
        byte[] body = Clients.body(plan);
        while (!ended) {
            long before = System.nanoTime();
            try {
                SendResult sent = producer.sendMessageInTransaction(Clients.message(plan.topic(), body), null);
                if (sent.getSendStatus() == SendStatus.SEND_OK) {
                    committed.incrementAndGet();
                    meter.done(1, System.nanoTime() - before);
                } else {
                    meter.failed();
                }
            } catch (Exception failed) {
                meter.failed();
            }
        }
    }

    /** Watches where half messages are stored: what the client gives its application does not say it. */
    @SuppressWarnings("deprecation")
    private void watchPositions(TransactionMQProducer producer) {
        producer.getDefaultMQProducerImpl().registerSendMessageHook(new SendMessageHook() {
            @Override
            public String hookName() {
                return "positions";
            }

            @Override
            public void sendMessageBefore(SendMessageContext context) {}

            @Override
            public void sendMessageAfter(SendMessageContext context) {
                SendResult sent = context.getSendResult();
                if (measuring && sent != null) {
                    note(sent.getOffsetMsgId());
                }
            }
        });
    }

    private void note(String offsetId) {
        try {
            long position = MessageDecoder.decodeMessageId(offsetId).getOffset();
            firstPosition.accumulateAndGet(position, Math::min);
            lastPosition.accumulateAndGet(position, Math::max);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of 4 or 16 bytes", impossible);
        }
    }

    private static long seen(TransactionMQProducer producer, String topic) throws Exception {
        MQAdmin admin = producer;
        long all = 0;
        for (MessageQueue queue : producer.fetchPublishMessageQueues(topic)) {
            all += admin.maxOffset(queue);
        }
        return all;
    }
}
