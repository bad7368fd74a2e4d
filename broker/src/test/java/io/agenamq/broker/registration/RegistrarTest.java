// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.command.DataVersion;
import io.agenamq.protocol.command.KeyValueBody;
import io.agenamq.protocol.command.QueueData;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.protocol.command.TopicRequest;
import io.agenamq.protocol.command.TopicRouteData;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import io.agenamq.remoting.ConnectionListener;
import io.agenamq.remoting.HandlerTable;
import io.agenamq.remoting.HostPort;
import io.agenamq.remoting.RemotingClient;
import io.agenamq.remoting.RemotingClientConfig;
import io.agenamq.remoting.RemotingServer;
import io.agenamq.remoting.RemotingServerConfig;
import io.agenamq.remoting.Request;
import io.agenamq.remoting.RequestHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a name server hears of a broker, and when; the test is the name server, and answers when it likes. */
class RegistrarTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LinkedBlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Set<String>> orderedTopics = new LinkedBlockingQueue<>();
    private RemotingServer nameServer;
    private RemotingClient client;
    private Registrar registrar;

    /** A request, and what of it outlives the burst that it came in. */
    private record Heard(Request request, Frame frame) {

        String topic() {
            return TopicRequest.readFrom(frame.fields()).topic();
        }

        List<QueueData> queues() {
            return TopicRouteData.parse(frame.body()).queueDatas();
        }

        void accept() {
            request.reply(Header.NONE);
        }
    }

    @BeforeEach
    void start() throws IOException {
        RequestHandler listening =
                request -> heard.add(new Heard(request, request.frame().detach()));
        nameServer = RemotingServer.start(
                RemotingServerConfig.listeningOn(new HostPort("127.0.0.1", 0)),
                new HandlerTable()
                        .register(RequestCode.REGISTER_BROKER, listening)
                        .register(RequestCode.UNREGISTER_BROKER, request -> request.reply(Header.NONE))
                        .register(RequestCode.REGISTER_TOPIC_IN_NAMESRV, listening),
                new ConnectionListener() {});
        client = new RemotingClient(RemotingClientConfig.defaults(), new HandlerTable());
        HostPort address = new HostPort("127.0.0.1", nameServer.address().getPort());
        registrar = new Registrar(client, List.of(address), new Broker(), timer, System::nanoTime, LONG, LONG);
        timer.execute(registrar::tick);
    }

    @AfterEach
    void stop() throws IOException {
        registrar.close();
        timer.shutdownNow();
        client.close();
        nameServer.close();
    }

    private final class Broker implements Registrar.Registered {

        @Override
        public Registration registration() {
            return new Registration(
                    "c", "broker-a", new HostPort("127.0.0.1", 10911), new DataVersion(0, 1, 1), List.of());
        }

        @Override
        public QueueData queuesOf(TopicConfig topic) {
            return new QueueData("broker-a", topic.readQueueNums(), topic.writeQueueNums(), topic.perm(), 0);
        }

        @Override
        public void ordered(Set<String> topicNames) {
            orderedTopics.add(topicNames);
        }
    }

    @Test
    void what_a_name_server_says_about_order_is_passed_on_and_nothing_else_that_it_says() throws Exception {
        Heard registration = next(RequestCode.REGISTER_BROKER);
        registration.request().reply(Header.NONE, Body.of("not JSON".getBytes(StandardCharsets.UTF_8)));
        awaitFirst();
        registrar.topicsChanged();
        next(RequestCode.REGISTER_BROKER).accept();
        registrar.topicsChanged();

        next(RequestCode.REGISTER_BROKER)
                .request()
                .reply(Header.NONE, new KeyValueBody(Map.of("Orders", "broker-a:4")).toBody());

        assertThat(orderedTopics.poll(LONG.toSeconds(), TimeUnit.SECONDS)).containsExactly("Orders");
        assertThat(orderedTopics).isEmpty();
    }

    @Test
    void a_new_topic_is_announced_alone() throws Exception {
        next(RequestCode.REGISTER_BROKER).accept();
        awaitFirst();

        registrar.topicChanged(topic("Orders"));

        Heard announced = next(RequestCode.REGISTER_TOPIC_IN_NAMESRV);
        assertThat(announced.topic()).isEqualTo("Orders");
        assertThat(announced.queues()).containsExactly(new QueueData("broker-a", 3, 4, 6, 0));
    }

    @Test
    void many_topics_that_change_meanwhile_are_said_with_one_registration() throws Exception {
        Heard first = next(RequestCode.REGISTER_BROKER);
        first.accept();
        awaitFirst();
        registrar.topicChanged(topic("T"));
        Heard busy = next(RequestCode.REGISTER_TOPIC_IN_NAMESRV);

        for (int i = 0; i < 1_000; i++) {
            registrar.topicChanged(topic("T" + i));
        }
        CountDownLatch known = new CountDownLatch(1);
        registrar.whenAnnounced(known::countDown);
        timerIsIdle();
        busy.accept();

        next(RequestCode.REGISTER_BROKER).accept();
        assertThat(known.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        timerIsIdle();
        assertThat(heard).isEmpty();
    }

    @Test
    void a_topic_that_goes_away_takes_a_registration_and_so_does_what_changes_with_it() throws Exception {
        next(RequestCode.REGISTER_BROKER).accept();
        awaitFirst();
        registrar.topicsChanged();
        Heard busy = next(RequestCode.REGISTER_BROKER);

        registrar.topicsChanged();
        registrar.topicChanged(topic("Orders"));
        timerIsIdle();
        busy.accept();

        next(RequestCode.REGISTER_BROKER).accept();
        timerIsIdle();
        assertThat(heard).isEmpty();
    }

    @Test
    void a_name_server_that_does_not_take_a_single_topic_is_told_everything() throws Exception {
        next(RequestCode.REGISTER_BROKER).accept();
        awaitFirst();
        registrar.topicChanged(topic("Orders"));

        next(RequestCode.REGISTER_TOPIC_IN_NAMESRV)
                .request()
                .refuse(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, "request type 217 not supported");

        next(RequestCode.REGISTER_BROKER).accept();
    }

    private static TopicConfig topic(String name) {
        return new TopicConfig(name, 3, 4, 6);
    }

    private void awaitFirst() throws InterruptedException, ExecutionException, TimeoutException {
        registrar.first().get(LONG.toSeconds(), TimeUnit.SECONDS);
        timerIsIdle();
    }

    /** Everything that was given to the timer before has been done. */
    private void timerIsIdle() throws InterruptedException, ExecutionException, TimeoutException {
        timer.submit(() -> {}).get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private Heard next(int code) throws InterruptedException {
        @Nullable Heard next = heard.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("a request %d", code).isNotNull();
        assertThat(next.frame().code()).isEqualTo(code);
        return next;
    }
}
