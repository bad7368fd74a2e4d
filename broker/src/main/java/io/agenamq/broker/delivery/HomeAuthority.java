// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.delivery;

import io.agenamq.protocol.command.JmsHome;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Says where destinations live that this broker does not have: what the cluster has agreed on. Any thread; does not block. */
public interface HomeAuthority {

    /**
     * Where a destination lives that this broker does not have.
     *
     * @param take whether it is to live here if it lives nowhere
     * @return completes always, on any thread
     */
    CompletableFuture<Verdict> ask(String topic, boolean take);

    /**
     * An answer.
     *
     * @param home where it lives, {@link JmsHome#NOWHERE} if nowhere; null if nobody could say
     * @param here whether that is this broker
     * @param why nobody could say; null if somebody could
     */
    record Verdict(@Nullable JmsHome home, boolean here, @Nullable String why) {

        /** It lives here, or may. */
        public static final Verdict HERE = new Verdict(null, true, null);

        /** It lives on another broker, or nowhere. */
        public static Verdict of(JmsHome home) {
            return new Verdict(home, false, null);
        }

        /** Whether it lives on another broker. */
        boolean isElsewhere() {
            return home != null && home.broker() != null;
        }

        /** Nobody could say. */
        public static Verdict unknown(String why) {
            return new Verdict(null, false, why);
        }
    }
}
