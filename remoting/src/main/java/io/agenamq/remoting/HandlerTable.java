// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import io.netty.util.collection.IntObjectHashMap;
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

    /** The handler of a code, if any. */
    @Nullable
    RequestHandler find(int code) {
        return handlers.get(code);
    }
}
