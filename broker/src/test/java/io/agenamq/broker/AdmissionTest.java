// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agenamq.broker.access.PasswordHash;
import io.agenamq.broker.access.UserFile;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.JmsClientIdRequest;
import io.agenamq.protocol.command.JmsCode;
import io.agenamq.protocol.command.JmsCommitRequest;
import io.agenamq.protocol.command.JmsCreateTemporaryRequest;
import io.agenamq.protocol.command.JmsLoginRequest;
import io.agenamq.protocol.command.JmsOutcomeRequest;
import io.agenamq.protocol.command.JmsRefusal;
import io.agenamq.protocol.command.JmsTransaction;
import io.agenamq.protocol.command.JmsUnsubscribeRequest;
import io.agenamq.protocol.command.RequestCode;
import io.agenamq.protocol.command.ResponseCode;
import io.agenamq.protocol.command.TemporaryTopic;
import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Frame;
import io.agenamq.protocol.frame.Header;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is served, seen from the wire. */
class AdmissionTest {

    private static final int ROUNDS = 10;

    @TempDir
    private Path folder;

    private void user(String name, String password) throws Exception {
        PasswordHash hash = PasswordHash.of(password.toCharArray(), ROUNDS, new SecureRandom());
        UserFile.in(folder).change(users -> users.with(name, hash));
    }

    private static Frame login(RawClient client, @Nullable String user, String password) {
        return client.call(
                JmsCode.LOGIN, new JmsLoginRequest(user), Body.of(password.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void on_the_loopback_interface_nobody_need_log_in_by_default() throws Exception {
        try (TestBroker broker = TestBroker.start(folder);
                RawClient client = broker.client()) {
            assertThat(login(client, null, "").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(client.send("Topic", "x").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(broker.server().warnings()).isEmpty();
        }
    }

    @Test
    void a_native_client_is_refused_where_everybody_must_log_in() throws Exception {
        user("alice", "a");
        try (TestBroker broker = TestBroker.start(folder, "anonymousAccess", "NONE");
                RawClient client = broker.client()) {
            Frame refused = client.send("Topic", "x");
            assertThat(refused.code()).isEqualTo(ResponseCode.NO_PERMISSION);
            assertThat(refused.remark()).contains("anonymousAccess=NONE");
            assertThat(client.call(RequestCode.GET_ALL_TOPIC_CONFIG, Header.NONE)
                            .code())
                    .isEqualTo(ResponseCode.NO_PERMISSION);
            assertThat(login(client, null, "").code()).isEqualTo(ResponseCode.NO_PERMISSION);

            assertThat(login(client, "alice", "a").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(client.send("Topic", "x").code()).isEqualTo(ResponseCode.SUCCESS);
        }
    }

    @Test
    void a_wrong_password_and_an_unknown_user_get_the_same_answer() throws Exception {
        user("alice", "a");
        try (TestBroker broker = TestBroker.start(folder);
                RawClient client = broker.client()) {
            Frame wrong = login(client, "alice", "b");
            Frame unknown = login(client, "bob", "b");
            Frame malformed = login(client, "a\n" + "b".repeat(500), "b");
            Frame tooLong = login(client, "alice", "a".repeat(2000));

            assertThat(wrong.code()).isEqualTo(ResponseCode.NO_PERMISSION);
            assertThat(List.of(unknown, malformed, tooLong)).allSatisfy(other -> {
                assertThat(other.code()).isEqualTo(wrong.code());
                assertThat(other.remark()).isEqualTo(wrong.remark());
            });
        }
    }

    @Test
    void a_broker_without_users_says_so() throws Exception {
        try (TestBroker broker = TestBroker.start(folder);
                RawClient client = broker.client()) {
            assertThat(login(client, "alice", "a").remark()).contains("agena user add");
        }
    }

    @Test
    void a_connection_logs_in_once() throws Exception {
        user("alice", "a");
        user("bob", "b");
        try (TestBroker broker = TestBroker.start(folder);
                RawClient client = broker.client()) {
            assertThat(login(client, "alice", "a").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(login(client, "bob", "b").code()).isEqualTo(ResponseCode.NO_PERMISSION);
        }
    }

    @Test
    void a_user_who_is_added_can_log_in_and_one_who_is_removed_loses_his_connections() throws Exception {
        try (TestBroker broker = TestBroker.start(folder);
                RawClient client = broker.client();
                RawClient other = broker.client()) {
            user("alice", "a");
            user("bob", "b");
            assertThat(login(client, "alice", "a").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(login(other, "bob", "b").code()).isEqualTo(ResponseCode.SUCCESS);

            UserFile.in(folder).change(users -> users.without("alice"));

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !client.connection().isOpen());
            assertThat(other.connection().isOpen()).isTrue();
        }
    }

    @Test
    void more_logins_than_can_wait_are_refused_as_busy() throws Exception {
        PasswordHash slow = PasswordHash.of(new char[] {'a'}, 50_000, new SecureRandom());
        UserFile.in(folder).change(users -> users.with("alice", slow));
        try (TestBroker broker = TestBroker.start(folder);
                RawClient client = broker.client()) {
            List<CompletableFuture<Frame>> answers = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                answers.add(client.begin(
                        JmsCode.LOGIN,
                        new JmsLoginRequest("alice"),
                        Body.of("wrong".getBytes(StandardCharsets.UTF_8))));
            }
            // Meanwhile others are served.
            assertThat(client.send("Topic", "x").code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(answers).last().satisfies(last -> assertThat(last.join().code())
                    .isEqualTo(ResponseCode.SYSTEM_BUSY));
        }
    }

    @Test
    void a_client_identifier_belongs_to_its_user() throws Exception {
        user("alice", "a");
        user("bob", "b");
        try (TestBroker broker = TestBroker.start(folder);
                RawClient alice = broker.client();
                RawClient bob = broker.client();
                RawClient nobody = broker.client()) {
            login(alice, "alice", "a");
            login(bob, "bob", "b");
            JmsClientIdRequest take = new JmsClientIdRequest("billing", "owner", true);
            assertThat(alice.call(JmsCode.CLIENT_ID, take).code()).isEqualTo(ResponseCode.SUCCESS);

            // Not even with the name of the owner, which stands in every message that he sends.
            for (RawClient other : List.of(bob, nobody)) {
                assertThat(other.call(JmsCode.CLIENT_ID, take).code()).isEqualTo(JmsRefusal.CLIENT_ID_IN_USE.code());
                other.call(JmsCode.CLIENT_ID, new JmsClientIdRequest("billing", "owner", false));
                assertThat(other.call(JmsCode.UNSUBSCRIBE, new JmsUnsubscribeRequest("sub", "billing"))
                                .code())
                        .isEqualTo(ResponseCode.NO_PERMISSION);
            }
            assertThat(bob.call(JmsCode.CLIENT_ID, take).code()).isEqualTo(JmsRefusal.CLIENT_ID_IN_USE.code());
            assertThat(alice.call(JmsCode.UNSUBSCRIBE, new JmsUnsubscribeRequest("sub", "billing"))
                            .code())
                    .isEqualTo(JmsRefusal.NO_SUCH_SUBSCRIPTION.code());
        }
    }

    @Test
    void a_temporary_destination_belongs_to_its_user() throws Exception {
        user("alice", "a");
        user("bob", "b");
        try (TestBroker broker = TestBroker.start(folder);
                RawClient alice = broker.client();
                RawClient bob = broker.client();
                RawClient aliceAgain = broker.client()) {
            login(alice, "alice", "a");
            login(bob, "bob", "b");
            login(aliceAgain, "alice", "a");
            JmsCreateTemporaryRequest create =
                    new JmsCreateTemporaryRequest(TemporaryTopic.of("AB12"), DestinationKind.QUEUE, "owner");
            assertThat(alice.call(JmsCode.CREATE_TEMPORARY, create).code()).isEqualTo(ResponseCode.SUCCESS);

            assertThat(bob.call(JmsCode.CREATE_TEMPORARY, create).code()).isEqualTo(JmsRefusal.ILLEGAL_NAME.code());
            assertThat(aliceAgain.call(JmsCode.CREATE_TEMPORARY, create).code()).isEqualTo(ResponseCode.SUCCESS);
        }
    }

    @Test
    void the_outcome_of_a_transaction_is_decided_for_its_user_alone() throws Exception {
        user("alice", "a");
        user("bob", "b");
        try (TestBroker broker = TestBroker.start(folder);
                RawClient alice = broker.client();
                RawClient bob = broker.client()) {
            login(alice, "alice", "a");
            login(bob, "bob", "b");
            JmsTransaction transaction = new JmsTransaction("S", 1);
            JmsOutcomeRequest ask = new JmsOutcomeRequest(transaction, 0);
            Header commit = new JmsCommitRequest(transaction, 0, true);

            // Who asks first has it rolled back; but this is another user's transaction.
            assertThat(bob.call(JmsCode.OUTCOME, ask).code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(alice.call(JmsCode.COMMIT, commit).code()).isEqualTo(ResponseCode.SUCCESS);
            assertThat(bob.call(JmsCode.COMMIT, commit).code()).isEqualTo(JmsRefusal.TRANSACTION_ROLLED_BACK.code());
        }
    }

    @Test
    void a_broker_that_listens_beyond_this_machine_says_who_can_use_it() throws Exception {
        try (TestBroker broker = TestBroker.start(folder, "bindAddress", "0.0.0.0", "brokerIP1", "127.0.0.1")) {
            assertThat(broker.server().warnings()).anySatisfy(warning -> assertThat(warning)
                    .contains("refused", "agena user add", "anonymousAccess"));
        }
        user("alice", "a");
        try (TestBroker broker = TestBroker.start(folder, "bindAddress", "0.0.0.0", "brokerIP1", "127.0.0.1")) {
            assertThat(broker.server().warnings())
                    .anySatisfy(warning -> assertThat(warning).contains("must log in"));
        }
        try (TestBroker broker = TestBroker.start(
                folder, "bindAddress", "0.0.0.0", "brokerIP1", "127.0.0.1", "anonymousAccess", "ALL")) {
            assertThat(broker.server().warnings())
                    .anySatisfy(warning -> assertThat(warning).contains("everybody"));
        }
    }
}
