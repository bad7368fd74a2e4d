// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import java.util.concurrent.atomic.AtomicInteger;

/** How many pulls are held, of one connection or of all. Counted up on event loops, down by whoever wakes a pull. */
final class HeldPullCount extends AtomicInteger {

    private static final long serialVersionUID = 1L;

    HeldPullCount() {}
}
