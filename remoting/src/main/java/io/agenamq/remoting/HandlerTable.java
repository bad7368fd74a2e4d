// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Which handler serves which request code. Filled while a process is composed; must not change once a server or client uses it. */
public final class HandlerTable {

    private final IntObjectHashMap<RequestHandler> handlers = new IntObjectHashMap<>();

    /** Adds a handler; a code has at most one. */
    public HandlerTable register(int code, RequestHandler handler) {
        if (handlers.containsKey(code)) {
            throw new IllegalStateException("two handlers for request code " + code);
        }
        handlers.put(code, handler);
        return this;
    }

    /** The same handlers, each behind a guard that decides whether it is called. */
    public HandlerTable behind(UnaryOperator<RequestHandler> guard) {
        HandlerTable guarded = new HandlerTable();
        for (IntObjectMap.PrimitiveEntry<RequestHandler> entry : handlers.entries()) {
            guarded.register(entry.key(), guard.apply(entry.value()));
        }
        return guarded;
    }

    /** The handler of a code, if any. */
    @Nullable
    RequestHandler find(int code) {
        return handlers.get(code);
    }
}
