// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

import io.agenamq.protocol.command.BrokerData;
import io.agenamq.protocol.command.ClusterInfoBody;
import io.agenamq.protocol.command.QueueData;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.TopicRequest;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.provider.client.ClientException.Reason;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Asks the name servers, each in turn until one answers. Any thread. */
final class NameServers {

    private final RemotingClient client;
    private final List<HostPort> addresses;
    private final Duration timeout;
    private volatile int preferred;

    NameServers(RemotingClient client, List<HostPort> addresses, Duration timeout) {
        this.client = client;
        this.addresses = addresses;
        this.timeout = timeout;
    }

    /** The primaries of all brokers by their names, in the order of these. Fails if there is none. */
    CompletableFuture<SortedMap<String, HostPort>> brokers() {
        return ask(RequestCode.GET_BROKER_CLUSTER_INFO, Header.NONE, frame -> {
            SortedMap<String, HostPort> primaries =
                    primaries(ClusterInfoBody.parse(frame.body()).brokers());
            if (primaries.isEmpty()) {
                throw new ClientException(Reason.UNREACHABLE, "no broker is registered with " + where());
            }
            return primaries;
        });
    }

    /** The homes of a topic; fails with {@link Reason#NO_SUCH_DESTINATION} if nobody has it. */
    CompletableFuture<List<Route.Home>> homes(String topic) {
        return ask(RequestCode.GET_ROUTEINFO_BY_TOPIC, new TopicRequest(topic), frame -> {
            List<Route.Home> homes = homes(TopicRouteData.parse(frame.body()));
            if (homes.isEmpty()) {
                throw new ClientException(Reason.UNREACHABLE, "no broker of topic '" + topic + "' has a primary");
            }
            return homes;
        });
    }

    private static SortedMap<String, HostPort> primaries(List<BrokerData> brokers) {
        SortedMap<String, HostPort> primaries = new TreeMap<>();
        for (BrokerData broker : brokers) {
            String address = broker.primaryAddress();
            if (address != null) {
                primaries.put(broker.brokerName(), HostPort.parse(address));
            }
        }
        return primaries;
    }

    private static List<Route.Home> homes(TopicRouteData route) {
        List<Route.Home> homes = new ArrayList<>();
        for (BrokerData broker : sorted(route.brokerDatas())) {
            String address = broker.primaryAddress();
            for (QueueData queues : route.queueDatas()) {
                int count = Math.max(queues.readQueueNums(), queues.writeQueueNums());
                if (address != null && count > 0 && queues.brokerName().equals(broker.brokerName())) {
                    homes.add(new Route.Home(broker.brokerName(), HostPort.parse(address), count));
                }
            }
        }
        return homes;
    }

    private static List<BrokerData> sorted(List<BrokerData> brokers) {
        return brokers.stream()
                .sorted(Comparator.comparing(BrokerData::brokerName))
                .toList();
    }

    private <T> CompletableFuture<T> ask(int code, Header header, Function<Frame, T> read) {
        return ask(code, header, read, preferred, addresses.size() - 1);
    }

    private <T> CompletableFuture<T> ask(int code, Header header, Function<Frame, T> read, int index, int othersLeft) {
        HostPort address = addresses.get(index % addresses.size());
        return Answers.map(client.call(address, code, header, Body.EMPTY, timeout), read)
                .thenApply(result -> {
                    preferred = index % addresses.size();
                    return result;
                })
                .exceptionallyCompose(failure -> {
                    ClientException why = ClientException.of(failure);
                    boolean nobodyThere = why.isConnectionFailure() || why.reason() == Reason.TIMED_OUT;
                    if (nobodyThere && othersLeft > 0) {
                        return ask(code, header, read, index + 1, othersLeft - 1);
                    } else if (nobodyThere) {
                        why = new ClientException(
                                Reason.UNREACHABLE,
                                "no name server answers: " + where() + ": " + why.getMessage(),
                                why);
                    }
                    return CompletableFuture.failedFuture(why);
                });
    }

    private String where() {
        return String.join(", ", addresses.stream().map(HostPort::toString).toList());
    }
}
