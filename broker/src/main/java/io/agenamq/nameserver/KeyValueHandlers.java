// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import io.agenamq.protocol.command.KeyValueBody;
import io.agenamq.protocol.command.KeyValueRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.Request;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Configuration items, and the server's own options as operators may see them (RocketMQ remoting §11.3). */
final class KeyValueHandlers {

    private final KeyValueTable items;
    private final NameServerConfig config;

    KeyValueHandlers(KeyValueTable items, NameServerConfig config) {
        this.items = items;
        this.config = config;
    }

    void registerIn(HandlerTable table) {
        table.register(RequestCode.PUT_KV_CONFIG, this::put)
                .register(RequestCode.GET_KV_CONFIG, this::get)
                .register(RequestCode.DELETE_KV_CONFIG, this::delete)
                .register(RequestCode.GET_KVLIST_BY_NAMESPACE, this::list)
                .register(RequestCode.GET_NAMESRV_CONFIG, this::options)
                .register(RequestCode.UPDATE_NAMESRV_CONFIG, this::updateOptions);
    }

    private void put(Request request) {
        KeyValueRequest header = KeyValueRequest.readItem(request.frame().fields());
        String key = Objects.requireNonNull(header.key());
        String value = Objects.requireNonNull(header.value());
        replyWhenDone(request, items.put(header.namespace(), key, value));
    }

    private void delete(Request request) {
        KeyValueRequest header = KeyValueRequest.readKey(request.frame().fields());
        replyWhenDone(request, items.delete(header.namespace(), Objects.requireNonNull(header.key())));
    }

    private static void replyWhenDone(Request request, CompletableFuture<Void> change) {
        var unused = change.whenComplete((done, failure) -> {
            if (failure == null) {
                request.reply(Header.NONE);
            } else {
                request.refuse(ResponseCode.SYSTEM_ERROR, "the item could not be kept: " + failure.getMessage());
            }
        });
    }

    private void get(Request request) {
        Fields fields = request.frame().fields();
        KeyValueRequest header = KeyValueRequest.readKey(fields);
        String key = Objects.requireNonNull(header.key());
        String value = items.get(header.namespace(), key);
        if (value == null) {
            request.refuse(
                    ResponseCode.QUERY_NOT_FOUND, "No config item, Namespace: " + header.namespace() + " Key: " + key);
            return;
        }
        request.reply(out -> out.put("value", value));
    }

    private void list(Request request) {
        KeyValueRequest header = KeyValueRequest.readNamespace(request.frame().fields());
        Map<String, String> table = items.namespace(header.namespace());
        if (table == null) {
            request.refuse(ResponseCode.QUERY_NOT_FOUND, "No config item, Namespace: " + header.namespace());
            return;
        }
        request.reply(Header.NONE, new KeyValueBody(table).toBody());
    }

    private void options(Request request) {
        String text =
                "listenPort=" + config.listen().port() + "\norderMessageEnable=" + config.orderMessageEnable() + "\n";
        request.reply(Header.NONE, Body.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void updateOptions(Request request) {
        request.refuse(
                ResponseCode.NO_PERMISSION,
                "no option of this name server can be changed while it runs; start it with other options");
    }
}
