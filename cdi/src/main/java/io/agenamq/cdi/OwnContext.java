// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.jms.IllegalStateRuntimeException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The context that an injected one has for calls outside of transactions and requests; opened by the first of them. As with every context, one thread at a
 * time uses it; opening and closing it may be done by others.
 */
final class OwnContext {

    // Guarded by this.
    private @Nullable ScopedContext context;
    private boolean closed;

    synchronized ScopedContext get(Supplier<ScopedContext> open) {
        if (closed) {
            throw new IllegalStateRuntimeException("the object that this context was injected into is destroyed");
        }
        ScopedContext known = context;
        if (known == null) {
            known = open.get();
            context = known;
        }
        return known;
    }

    void close() {
        ScopedContext opened;
        synchronized (this) {
            closed = true;
            opened = context;
            context = null;
        }
        if (opened != null) {
            opened.close();
        }
    }
}
