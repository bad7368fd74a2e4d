// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.XAConnectionFactory;
import jakarta.jms.XAJMSContext;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives inside Jakarta transactions: each session has a thread, which begins a transaction, waits for a message in it, and ends it. A message has to be
 * received in its transaction, and a transaction belongs to a thread.
 */
final class JtaReception implements Reception {

    private static final Logger LOG = LoggerFactory.getLogger(JtaReception.class);

    /** So long a transaction waits for a message; well below every transaction time-out. */
    private static final int WAIT_MILLIS = 10_000;

    private static final int CLOSE_SECONDS_MAX = 60;

    private final ListenerMethod method;
    private final TransactionManager transactions;
    private final BeanManager manager;
    private final Consumer<String> lost;
    private final AtomicBoolean told = new AtomicBoolean();
    private final List<XAJMSContext> contexts = new ArrayList<>();
    private final List<JMSConsumer> consumers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch running;
    private volatile boolean closing;

    /**
     * Begins.
     *
     * @param lost told once, with the reason, if a session cannot go on
     * @throws JMSRuntimeException if that is not possible now; nothing is left behind
     */
    JtaReception(
            ListenerMethod method,
            TransactionManager transactions,
            XAConnectionFactory factory,
            BeanManager manager,
            Consumer<String> lost) {
        this.method = method;
        this.transactions = transactions;
        this.manager = manager;
        this.lost = lost;
        this.running = new CountDownLatch(method.terms().concurrency());
        boolean begun = false;
        try {
            for (int i = 0; i < method.terms().concurrency(); i++) {
                XAJMSContext context = factory.createXAContext();
                contexts.add(context);
                JMSConsumer consumer = Consumers.open(context, method.terms());
                consumers.add(consumer);
                threads.add(new Thread(
                        () -> run(context, consumer),
                        "agena-cdi-jta-" + method.terms().destination() + "-" + (i + 1)));
            }
            threads.forEach(Thread::start);
            begun = true;
        } finally {
            if (!begun) {
                contexts.forEach(XAJMSContext::close);
            }
        }
    }

    private void run(XAJMSContext context, JMSConsumer consumer) {
        try {
            while (!closing) {
                receiveOne(context, consumer);
            }
        } catch (SystemException | NotSupportedException | RollbackException | RuntimeException | Error broken) {
            // Also what a manager throws about a transaction whose time was over: who ends here without a word receives
            // nothing any more.
            LOG.debug("a session of {} cannot go on", method, broken);
            if (!closing && told.compareAndSet(false, true)) {
                lost.accept(String.valueOf(broken.getMessage()));
            }
        } finally {
            running.countDown();
        }
    }

    private void receiveOne(XAJMSContext context, JMSConsumer consumer)
            throws SystemException, NotSupportedException, RollbackException {
        transactions.begin();
        boolean complete = false;
        try {
            transactions.getTransaction().enlistResource(context.getXAResource());
            Message message = consumer.receive(WAIT_MILLIS);
            complete = message == null || isDone(message);
        } finally {
            end(complete);
        }
    }

    private boolean isDone(Message message) {
        try {
            method.deliver(message, manager);
            return transactions.getStatus() != Status.STATUS_MARKED_ROLLBACK;
        } catch (Exception | Error failed) {
            LOG.warn("{} has failed; its message is delivered again", method, failed);
            return false;
        }
    }

    private void end(boolean complete) throws SystemException {
        if (transactions.getStatus() == Status.STATUS_NO_TRANSACTION) {
            LOG.warn("{} has ended the transaction that it was called in", method);
        } else if (!complete) {
            transactions.rollback();
        } else {
            try {
                transactions.commit();
            } catch (RollbackException | HeuristicMixedException | HeuristicRollbackException failed) {
                LOG.warn("the transaction of {} was not committed: {}", method, failed.getMessage());
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        // Who waits for a message is woken up; a method that runs is waited for.
        consumers.forEach(JMSConsumer::close);
        try {
            if (!running.await(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn(
                        "{} runs for more than {} s; its transaction is left to its time-out",
                        method,
                        CLOSE_SECONDS_MAX);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        contexts.forEach(XAJMSContext::close);
    }
}
