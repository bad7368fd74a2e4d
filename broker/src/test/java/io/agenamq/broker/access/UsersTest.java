// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTest {

    /** Few rounds: what is tested is not how long they take. */
    private static final int ROUNDS = 10;

    private final SecureRandom random = new SecureRandom();

    @TempDir
    private Path folder;

    private PasswordHash hash(String password) {
        return PasswordHash.of(password.toCharArray(), ROUNDS, random);
    }

    @Test
    void a_hash_fits_its_password_and_no_other() {
        PasswordHash read = PasswordHash.parse(hash("sécret").text());

        assertThat(read.matches("sécret".toCharArray())).isTrue();
        assertThat(read.matches("secret".toCharArray())).isFalse();
        assertThat(read.matches(new char[0])).isFalse();
    }

    /** RFC 7914, section 11. */
    @Test
    void the_hash_is_what_others_make_of_a_password() {
        Base64.Encoder base64 = Base64.getEncoder();
        byte[] known = HexFormat.of().parseHex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
        String text = "pbkdf2-sha256:1:" + base64.encodeToString("salt".getBytes(StandardCharsets.US_ASCII)) + ":"
                + base64.encodeToString(known);

        assertThat(PasswordHash.parse(text).matches("passwd".toCharArray())).isTrue();
    }

    @Test
    void two_hashes_of_one_password_differ_and_print_nothing() {
        assertThat(hash("x").text()).isNotEqualTo(hash("x").text());
        assertThat(hash("x")).hasToString("pbkdf2-sha256");
    }

    @Test
    void users_come_back_from_their_text_with_what_this_version_does_not_know() {
        Users users = Users.parse("# people\n\nbob  hmac-sha1:KEY " + hash("b").text() + "\r\n")
                .with("alice@example.org", hash("a"));

        Users read = Users.parse(users.text());

        assertThat(read.names()).containsExactly("alice@example.org", "bob");
        assertThat(read.text()).isEqualTo(users.text()).contains("hmac-sha1:KEY");
        assertThat(read.password("bob").matches(new char[] {'b'})).isTrue();
        assertThat(read.without("bob").has("bob")).isFalse();
        assertThat(read.with("bob", hash("c")).text()).contains("hmac-sha1:KEY");
        assertThat(read.toString()).isEqualTo("2 users");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "ä", "a\nb", "#a"})
    void not_everything_is_a_name(String name) {
        assertThatThrownBy(() -> Users.requireName(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_line_that_makes_no_sense_is_named_and_not_repeated() {
        assertThatThrownBy(() -> Users.parse("a pbkdf2-sha256:1:c2FsdA==:c2hvcnQ="))
                .hasMessageStartingWith("line 1: ")
                .message()
                .doesNotContain("c2hvcnQ");
        assertThatThrownBy(() -> Users.parse("a\nb\na")).hasMessage("line 3: user a stands there twice");
    }

    @Test
    void the_file_is_for_its_owner_alone_and_changes_as_a_whole() throws Exception {
        UserFile file = UserFile.in(folder.resolve("not/yet"));
        assertThat(file.read().isEmpty()).isTrue();
        String before = file.version();

        file.change(users -> users.with("alice", hash("a")));
        file.change(users -> users.with("bob", hash("b")));

        Path path = folder.resolve("not/yet/users");
        assertThat(file.read().names()).containsExactly("alice", "bob");
        assertThat(file.version()).isNotEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (var entries = Files.list(path.getParent())) {
            assertThat(entries.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("users", "users.lock");
        }
    }

    @Test
    void a_file_that_makes_no_sense_is_left_alone() throws Exception {
        Path path = Files.writeString(folder.resolve("users"), "!name\n");
        UserFile file = UserFile.in(folder);

        assertThatThrownBy(() -> file.change(users -> users.with("a", hash("a"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString());
        assertThat(path).hasContent("!name");
    }

    @Test
    void a_directory_notices_changes_and_survives_nonsense() throws Exception {
        UserFile file = UserFile.in(folder);
        UserDirectory directory = UserDirectory.of(file, "given", hash("g"));
        assertThat(directory.users().names()).containsExactly("given");

        file.change(users -> users.with("alice", hash("a")));
        assertThat(directory.users().names()).containsExactly("alice", "given");

        Files.writeString(folder.resolve("users"), "!name\n");
        assertThat(directory.users().names()).containsExactly("alice", "given");

        Files.delete(folder.resolve("users"));
        assertThat(directory.users().names()).containsExactly("given");
    }

    @Test
    void a_right_password_is_hashed_once_and_forgotten_when_it_changes() {
        PasswordCheck check = new PasswordCheck(random);
        Users users = Users.NONE.with("a", hash("old"));

        assertThat(check.check(users, "a", "new".toCharArray())).isNull();
        assertThat(check.check(users, "a", "old".toCharArray())).isNotNull();
        assertThat(check.check(users, "a", "old".toCharArray())).isNotNull();
        assertThat(check.check(users, "b", "old".toCharArray())).isNull();

        Users changed = users.with("a", hash("new"));
        assertThat(check.check(changed, "a", "old".toCharArray())).isNull();
        assertThat(check.check(changed, "a", "new".toCharArray())).isNotNull();
        assertThat(check.check(changed.without("a"), "a", "new".toCharArray())).isNull();
    }

    @Test
    void refusals_are_logged_with_a_bound() {
        long[] now = {0};
        RefusalLog log = new RefusalLog(() -> now[0]);

        for (int i = 0; i < RefusalLog.LINES_MAX; i++) {
            assertThat(log.refused("refused, for a test")).isTrue();
        }
        assertThat(log.refused("one too many")).isFalse();

        now[0] = 60_000_000_000L;
        assertThat(log.refused("a minute later")).isTrue();
        assertThat(Users.printable("a\nb c\u0007")).isEqualTo("a?b c?");
    }
}
