// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.jms.conformance;

import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What listeners of the tests do. */
final class Listeners {

    private Listeners() {}

    /** Does something in a listener; a checked exception is one of the listener's. */
    static void tell(Rules.Step step) {
        try {
            step.run();
        } catch (RuntimeException unchecked) {
            throw unchecked;
        } catch (Exception checked) {
            throw new IllegalStateException(checked);
        }
    }

    /** Writes down what became of asynchronous sends: the text, or the text and the exception's class. */
    static final class Ledger implements CompletionListener {

        final List<String> told = new CopyOnWriteArrayList<>();
        final List<Message> messages = new CopyOnWriteArrayList<>();
        final List<Thread> threads = new CopyOnWriteArrayList<>();

        @Override
        public void onCompletion(Message message) {
            note(message, "");
        }

        @Override
        public void onException(Message message, Exception exception) {
            note(message, " " + exception.getClass().getSimpleName());
        }

        private void note(Message message, String outcome) {
            threads.add(Thread.currentThread());
            messages.add(message);
            try {
                told.add(Rules.text(message) + outcome);
            } catch (JMSException failed) {
                told.add(failed.toString());
            }
        }
    }
}
