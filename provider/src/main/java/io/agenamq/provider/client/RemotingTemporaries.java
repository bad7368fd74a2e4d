// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsCreateTemporaryRequest;
import io.agenamq.protocol.command.JmsDeleteTemporaryRequest;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The temporary destinations of a {@link RemotingWire}, each with the connection that it goes with. Any thread. */
final class RemotingTemporaries {

    private final Caller caller;
    private final Map<String, Held> byTopic = new ConcurrentHashMap<>();

    private record Held(Connection connection, Runnable lost) {}

    /** Asks a broker. */
    @FunctionalInterface
    interface Caller {
        CompletableFuture<Void> call(Connection connection, int code, Header header);
    }

    RemotingTemporaries(Caller caller) {
        this.caller = caller;
    }

    CompletableFuture<Void> create(Connection connection, JmsCreateTemporaryRequest wanted, Runnable lost) {
        Held held = new Held(connection, lost);
        byTopic.put(wanted.topic(), held);
        return caller.call(connection, JmsCode.CREATE_TEMPORARY, wanted).whenComplete((done, failure) -> {
            if (failure != null) {
                byTopic.remove(wanted.topic(), held);
            }
        });
    }

    CompletableFuture<Void> delete(Connection connection, String topic) {
        return caller.call(connection, JmsCode.DELETE_TEMPORARY, new JmsDeleteTemporaryRequest(topic))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        byTopic.remove(topic);
                    }
                });
    }

    CompletableFuture<Void> deleteAll(Connection connection) {
        byTopic.values().removeIf(held -> held.connection == connection);
        return caller.call(connection, JmsCode.DELETE_TEMPORARY, new JmsDeleteTemporaryRequest(null));
    }

    /** A connection is gone, and what it had. */
    void closed(Connection connection) {
        for (Map.Entry<String, Held> each : List.copyOf(byTopic.entrySet())) {
            if (each.getValue().connection == connection && byTopic.remove(each.getKey(), each.getValue())) {
                each.getValue().lost.run();
            }
        }
    }
}
