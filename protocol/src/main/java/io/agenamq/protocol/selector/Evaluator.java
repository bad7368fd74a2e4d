// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import org.jspecify.annotations.Nullable;

/**
 * A compiled node: what it is worth for one message. The value of a condition is {@link Boolean#TRUE}, {@link Boolean#FALSE} or null for unknown;
 * of anything else a {@code String}, a {@code Boolean}, a number, or null for unknown. {@link #FAILED} is possible for both.
 *
 * <p>Stateless and safe for any thread. Allocates nothing but the results of arithmetic.
 */
@FunctionalInterface
interface Evaluator {

    /**
     * The evaluation has gone wrong for good and no message is selected, whatever stands around it ({@link Typing#COERCING} only). A value and no
     * exception, because a filter may meet it with every message.
     */
    Object FAILED = new Object();

    @Nullable
    Object value(PropertySource message);
}
