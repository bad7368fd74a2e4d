// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import io.agenamq.admin.cli.CliFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A few named threads that share the orders of one sending act, as a client application would. */
final class Crew {
    /** Sends the orders of one share; each share has a thread of its own. */
    @FunctionalInterface
    interface Sender {
        /** Sends the orders {@code first}, {@code first + step}, … below {@code end}. */
        void send(int first, int end, int step) throws Exception;
    }

    private Crew() {}

    /** Sends the orders from 0 to {@code count - 1} with this many threads; returns when all of them have been sent. */
    static void send(int count, int threads, Sender sender) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService crew = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "agena-demo-sender-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Callable<Void>> shares = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int first = i;
                shares.add(() -> {
                    sender.send(first, count, threads);
                    return null;
                });
            }
            for (Future<Void> share : crew.invokeAll(shares)) {
                share.get();
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof CliFailure failure
                    ? failure
                    : new CliFailure("a send failed: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted while sending", e);
        } finally {
            crew.shutdownNow();
        }
    }
}
