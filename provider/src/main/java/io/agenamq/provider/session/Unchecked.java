// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;

/** Calls of the classic API from the simplified one: the same outcome with the unchecked twin of an exception. */
final class Unchecked {

    private Unchecked() {}

    /** Something of the classic API. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws JMSException;
    }

    /** Something of the classic API that may have no result. */
    @FunctionalInterface
    interface MaybeCall<T> {
        @Nullable
        T run() throws JMSException;
    }

    /** Something of the classic API without a result. */
    @FunctionalInterface
    interface Act {
        void run() throws JMSException;
    }

    static <T> @Nullable T maybe(MaybeCall<T> call) {
        try {
            return call.run();
        } catch (JMSException failed) {
            throw Failures.unchecked(failed);
        }
    }

    static <T> T get(Call<T> call) {
        try {
            return call.run();
        } catch (JMSException failed) {
            throw Failures.unchecked(failed);
        }
    }

    static void act(Act act) {
        try {
            act.run();
        } catch (JMSException failed) {
            throw Failures.unchecked(failed);
        }
    }
}
